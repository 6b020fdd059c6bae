"""Microservices: how many requests fail for the sake of a module that they do not need."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

from patterns.lab.experiment import (
    WITH,
    WITHOUT,
    Calculator,
    Fault,
    Knob,
    Law,
    Metric,
    Preset,
    Role,
    Side,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import mean, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.microservices import (
    LEAKY,
    REPLICATED,
    Deployable,
    FeatureEnd,
    Product,
    ProductSettings,
)
from patterns.lab.systems.outages import Downtime, downtime
from patterns.lab.systems.station import Outage
from patterns.lab.trace import MINUTES, Failure, Sample, Series, Trace, per_second

STEP_US = 10 * SECOND_US  # of the charts
KINDS = 3  # of requests that a story tells of: each may take four messages
YEAR_H = 365 * 24
SETTLED = ProductSettings(horizon_s=3600, rate=1, work_ms=5)  # three times as long: few faults decide a short run


def available(*every_s: int, repair_s: int) -> float:
    """The share of time in which something is up that each of these faults stops, at its mean interval."""
    return 1 / (1 + sum(repair_s / one for one in every_s))


HOST_S = 5 * 3600
UP = "A = 1 / (1 + f·R), for a process that faults stop at the rate f while it runs, and that is back after R"
RENEWAL = "Renewal theory: A. Birolini, Reliability Engineering, section 6.2"
MONOLITH = Law(
    name="Availability of one process",
    formula=f"{UP}; f = f₁ + … + f₆ + h for six modules in one process, on a host that fails at the rate h",
    assumptions="Faults come at random and independently, every repair takes as long, and all has begun long ago.",
    source=RENEWAL,
    parameters=SETTLED,
    side=WITHOUT,
    figure="failed",
    expected=1 - available(200, *[2000] * 5, HOST_S, repair_s=30),
)
CHAIN = Law(
    name="Availability of a chain",
    formula=f"A₁·A₂·…·A₆, for a request that needs six processes; for each, {UP}, here fᵢ + h",
    assumptions="As above; each process has a host of its own, and nobody tries again or does without an answer.",
    source=f"B. Treynor and others, The Calculus of Service Availability, 2017; {RENEWAL}",
    parameters=replace(SETTLED, touches=6),
    side=WITH,
    figure="failed",
    expected=1 - prod(available(one, HOST_S, repair_s=30) for one in [200, *[2000] * 5]),
)
COPIES = Law(
    name="All copies down at once",
    formula=f"(1 \N{MINUS SIGN} A)ⁿ, for n copies of a process of which one is enough; {UP}",
    assumptions="As above; copies fail independently of each other, and a load balancer sees at once which ones run.",
    source=RENEWAL,
    parameters=replace(SETTLED, modules=2, leaky_s=50, repair_s=60),
    side=REPLICATED,
    figure="failed",
    expected=(1 - available(50, 2000, HOST_S, repair_s=60)) ** 2,
)


@dataclass(frozen=True)
class OwnChain(Parameters):
    """A reader's own services."""

    your_services: int = integer(6, 2, 200, name="Services that a request needs")
    your_days: int = integer(30, 1, 3650, name="Each fails every", unit="days", about="On average.")
    your_minutes: int = integer(60, 1, 1440, name="Time until it is back", unit="minutes")


def down_a_year(own: OwnChain) -> str:
    faults = own.your_minutes / (own.your_days * 24 * 60)
    alone, whole = 1 / (1 + faults), 1 / (1 + own.your_services * faults)
    one, chain, process = (f"{(1 - up) * YEAR_H:,.1f} hours" for up in (alone, alone**own.your_services, whole))
    return (
        f"Each service is down for {one} a year, and a request that needs all {own.your_services} fails for {chain}. "
        f"One process that holds them all would be down for {process}, and every other request with it."
    )


class Microservices(SystemExperiment[Product]):
    slug = "microservices-architecture"
    title = "One module crashes, and others with it"
    question = "A module leaks and crashes its process again and again. How many requests fail with it?"
    system = Product
    parameters = ProductSettings
    mechanism = (Deployable, Product.answer)
    sides = (
        Side(WITHOUT, "Monolith", "with a monolith"),
        Side(WITH, "Services", "with services"),
        Side(REPLICATED, "As many monoliths", "with as many monoliths"),
    )
    metrics = (
        Metric(
            "failed",
            "requests failed",
            Unit.SHARE,
            Role.PRIMARY,
            "Refused, cut off by a crash, or later than the deadline; of all.",
            smallest=0.005,
        ),
        Metric(
            "features_down",
            "features down at the same time",
            Unit.COUNT,
            Role.GAIN,
            "On average, while any is down.",
            of="features",
        ),
        Metric("some_down", "time in which some feature is down", Unit.SHARE, Role.PRICE, "Of all.", smallest=0.005),
        Metric(
            "hop_ms",
            "time spent between processes",
            Unit.MILLISECONDS,
            Role.PRICE,
            "For each request that is answered, on average.",
        ),
        Metric("crashes", "crashes of a process", Unit.COUNT, Role.PRICE, "Somebody has to look into each."),
        Metric("processes", "processes to run", Unit.COUNT, Role.PRICE),
    )
    presets = (
        Preset(
            "default",
            "A leaky module",
            "One of six modules crashes its process ten times as often as the others. A feature needs two of them.",
            ProductSettings(),
            Fault.CRASH,
        ),
        Preset(
            "chain",
            "Every feature needs every module",
            "Six services in a chain: any one stops all features, as any module did. Six hosts can fail, not one, and "
            "while one service is down, the next may fail.",
            ProductSettings(touches=6),
            Fault.CRASH,
        ),
        Preset(
            "budget",
            "Six services, or six monoliths?",
            "Compared with as many processes that each hold the whole: one that runs is enough.",
            ProductSettings(),
            Fault.CRASH,
            against=REPLICATED,
        ),
        Preset(
            "shared",
            "A fault that copies share",
            "Compared with six monoliths: seven faults in ten stop all copies at once, as a bad release does.",
            ProductSettings(shared=70),
            Fault.CRASH,
            against=REPLICATED,
        ),
        Preset(
            "no-leak",
            "No leaky module",
            "All six modules are as good as each other. There is less to save.",
            ProductSettings(leaky_s=2000),
            Fault.CRASH,
        ),
        Preset(
            "one-cut",
            "Only the leaky module is split off",
            "Two processes instead of six: the leaky module, and all the rest.",
            ProductSettings(cut="leaky"),
            Fault.CRASH,
        ),
        Preset(
            "far",
            "Services far apart",
            "A call takes 100 ms, a feature needs four modules, and an answer counts for 400 ms.",
            ProductSettings(touches=4, hop_ms=100, deadline_ms=400),
            Fault.SLOW,
        ),
    )
    laws = (MONOLITH, CHAIN, COPIES)
    knob = Knob("touches", (1, 2, 3, 4, 5, 6))
    calculator = Calculator(
        "How long is your chain of services down?",
        OwnChain,
        down_a_year,
        "They fail at random and independently, and nobody tries again or does without an answer.",
    )
    qualities = ("availability", "latency", "operability")
    fairness = (
        "Each module has the same faults on both sides, at the same instants, and a process is back equally soon "
        "however much it holds. The monolith has one host that can fail, the services have six; calls inside it take "
        "no time. As many monoliths as there are services run beside both, behind a load balancer that never errs."
    )
    assumptions = (
        "Requests come at random, for all features alike (an open Poisson process). Nobody waits for a worker.",
        "A fault in a module stops its process and what is under way there. What is down cannot be stopped again.",
        "Modules work one after the other. Each waits for the answer of the next, and a request needs all of them.",
        "Nobody tries again, and no service does without an answer: a dead hop fails the request at once.",
        "Faults of modules and hosts come at random and independently. Copies share none, unless it is set.",
    )
    limits = (
        "Faults are far more frequent than in practice, so that twenty minutes show them.",
        "This is about crashes alone. That teams release without waiting for each other, the usual reason for "
        "services, is not looked at, nor is scaling them one by one.",
        "A leak comes from use, so copies may crash together: independent faults flatter the copies of the monolith. "
        "A restart would also clear a leak that has begun, which is left out.",
        "One store behind all modules, or one for each, would add its own outages.",
    )

    def figures(self, product: Product) -> dict[str, float | None]:
        p, ends = product.p, product.ends
        answered = [end for end in ends if end.fate == "answered"]
        return {
            "failed": share(len(ends) - len(answered), len(ends)),
            "features_down": down_together(product),
            "some_down": some_down(product).share_of(0, p.end_us),
            "hop_ms": mean(end.hops * p.hop_ms for end in answered),
            "crashes": len(product.crashes()),
            "processes": sum(len(one.copies) for one in product.deployables),
            "features": p.modules,
        }

    def structure(self, parameters: ProductSettings, side: str) -> Structure:
        p, count = parameters, parameters.copies
        clients = Part("clients", "Clients", 0, f"{p.rate} requests a second", "client")
        balancer, way = Part("balancer", "Load balancer", 1, "sees who runs"), Wire("clients", "balancer")
        copies = f", {count} copies" if count > 1 else ""
        if side == WITH:
            rest, often = p.modules - 1, "every" if copies else "fails every"
            name = f"{rest} other services" if p.cut == "each" and rest > 1 else "Other service"
            each = "each " if rest > 1 and not copies else ""
            held = f"{each}{often} {p.fault_s:,} s" if p.cut == "each" else f"{rest} modules"
            parts = (
                Part("rest", name, 2, held + copies, is_new=True),
                Part("leaky", "Leaky service", 3, f"{often} {p.leaky_s:,} s{copies}", is_broken=True, is_new=True),
            )
            calls = (Wire("balancer", "rest"), Wire("balancer", "leaky"))
            hop = Wire("rest", "leaky", f"{p.hop_ms} ms", is_broken=True)
            return Structure((clients, balancer, *parts), (way, *calls, hop) if p.touches > 1 else (way, *calls))
        if side == REPLICATED:
            name, note = f"{len(p.services) * count} monoliths", f"{p.modules} modules in each"
        else:
            name, note = "Monolith", f"{p.modules} modules{copies or ', 1 process'}"
        whole = Part("monolith", name, 2, note, is_broken=True, is_new=side == REPLICATED)
        return Structure((clients, balancer, whole), (way, Wire("balancer", "monolith", is_broken=True)))

    def failures(self, product: Product) -> tuple[Failure, ...]:
        """What would stop the first copy of each module if it were alone."""
        p, load = product.p, product.load
        found = []
        for module in range(p.modules):
            what = "the leaky module fails" if module == LEAKY and p.leaky_s < p.fault_s else "a module fails"
            alone = downtime([load.own_us[module][0], load.shared_us[module]], p.repair_us)
            found += [Failure(what, one.from_us, one.until_us) for one in alone.within(0, p.end_us)]
        return tuple(sorted(found, key=lambda failure: failure.from_us))

    def series(self, product: Product) -> tuple[Series, ...]:
        until_us = product.p.end_us
        failed = [end.request.at_us for end in product.ends if end.fate != "answered"]
        down = tuple(Sample(tick, product.features_down(tick)) for tick in range(0, until_us + 1, STEP_US))
        return (
            Series(
                "failed", "Requests failed", "a second", per_second(failed, until_us=until_us, step_us=STEP_US), MINUTES
            ),
            Series("down", "Features down", "features", down, MINUTES),
        )

    def narrate(self, trace: Trace, product: Product) -> None:
        """The first crash by a module, and until the process is back the first request of each kind."""
        crash = next((one for one in product.crashes() if one.module is not None), None)
        module, meanwhile = (crash.module, crash.outage) if crash else (None, Outage(0, product.p.end_us))
        if crash and module is not None:
            trace.note(meanwhile.from_us, crash.process, crash.process, f"module {module + 1} crashes it", "fail")
            trace.note(meanwhile.until_us, crash.process, crash.process, "is back", "event")
        kinds = dict[tuple[bool, str], FeatureEnd]()
        for end in product.ends:
            if meanwhile.meets(end.request.at_us, end.request.at_us):
                kinds.setdefault((module in product.chains[end.request.feature], end.fate), end)
        for (is_needed, _), end in [*kinds.items()][:KINDS]:
            self.tell(trace, product, end, is_needless=crash is not None and not is_needed)

    def tell(self, trace: Trace, product: Product, end: FeatureEnd, *, is_needless: bool) -> None:
        """One request, and what comes of the calls it makes."""
        feature, at_us = f"feature {end.request.feature + 1}", end.request.at_us
        chain, has_come = product.chains[end.request.feature], end.fate in ("answered", "late")
        first, last = product.home[chain[0]].name, (product.home[chain[-1]] if has_come else end.place).name
        trace.note(at_us, "client", first, feature)
        if last != first:
            trace.note(at_us, first, last, "call" if end.hops == 1 else f"{end.hops} calls, each from the last")
            trace.note(end.at_us, last, first, *(("answer", "reply") if has_come else ("no answer", "fail")))
        fails = "fails needlessly" if is_needless else "fails"
        fate = "is answered" if end.fate == "answered" else "comes too late" if has_come else fails
        trace.note(end.at_us, first, "client", f"{feature} {fate}", "reply" if end.fate == "answered" else "fail")


def some_down(product: Product) -> Downtime:
    """When any feature is down, cut into pieces throughout which the same ones are."""
    # Each module begins a feature, so whatever is down takes one with it.
    end_us = product.p.end_us
    outages = [outage for one in product.deployables for outage in one.downtime.within(0, end_us)]
    edges = sorted({edge for one in outages for edge in (one.from_us, one.until_us)})
    pieces = (Outage(*pair) for pair in pairwise(edges))
    return Downtime(
        piece for piece in pieces if any(one.downtime.is_down(piece.from_us) for one in product.deployables)
    )


def down_together(product: Product) -> float | None:
    """How many features are down on average over the time in which any is; of no such time there is none."""
    pieces = some_down(product).outages
    lasted = [one.until_us - one.from_us for one in pieces]
    weighed = (span * product.features_down(one.from_us) for span, one in zip(lasted, pieces, strict=True))
    return share(sum(weighed), sum(lasted))
