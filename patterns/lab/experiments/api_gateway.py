"""API gateway: how long a client far away waits for a page that needs several answers."""

from dataclasses import dataclass, replace

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
    Statistic,
    SystemExperiment,
    Unit,
)
from patterns.lab.measure import mean, median, percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.api_gateway import (
    DEADLINE_US,
    DOWN_US,
    HORIZON_US,
    PARALLEL,
    Gateway,
    PageEnd,
    PageSettings,
    PageSystem,
    calls_of,
)
from patterns.lab.trace import MILLISECONDS, Failure, Sample, Series, Trace, per_second

DEADLINE_MS = DEADLINE_US // MILLISECOND_US
SHOWN_STEP_US = 25 * MILLISECOND_US
TOLD = 3  # calls of a page, and the last one: the others are like them

CONSTANT = PageSettings(outage_s=0, rate=1, work="constant")
CLIENT = Law(
    name="Rounds of a client",
    formula=(
        "d·⌈n / (d·p)⌉·(L + s), for n answers in d rounds, p calls at once, a way L from the client and back, and "
        "services that take s: here 2·⌈6 / (2·2)⌉·(120 + 40) ms"
    ),
    assumptions="Services always take as long, none is short of capacity, and connections are open already.",
    source="Arithmetic",
    parameters=replace(CONSTANT, rounds=2, connections=2),
    side=WITHOUT,
    figure="mean_ms",
    expected=2 * 2 * (120 + 40),
    statistic=Statistic.EXACT,
)
INSIDE = replace(
    CLIENT,
    name="Rounds inside",
    formula=(
        "L + g + d·(r + s), for the way L from the client and back, the gateway's own work g, and d rounds inside of "
        "r + s: here 120 + 5 + 2·(1 + 40) ms. It saves (d \N{MINUS SIGN} 1)·L \N{MINUS SIGN} g \N{MINUS SIGN} d·r "
        "beside a client that makes all calls of a round at once"
    ),
    assumptions="As above; nobody waits for the gateway, and it makes all calls of a round at once.",
    side=WITH,
    figure="unqueued_ms",
    expected=120 + 5 + 2 * (1 + 40),
)
SLOWEST = Law(
    name="The slowest of n answers",
    formula="r + s·(1 + 1/2 + … + 1/n): a way r inside, and the mean of the longest of n exponential times with mean s",
    assumptions="Services answer independently of each other; their times are exponential, so a few take far longer.",
    source="A. Rényi, On the Theory of Order Statistics, 1953",
    parameters=PageSettings(outage_s=0, rate=3),
    side=WITH,
    figure="inside_ms",
    expected=1 + 40 * sum(1 / k for k in range(1, 7)),
)
QUEUE = Law(
    name="Waiting for the gateway",
    formula=(
        "u·g / (2·(1 \N{MINUS SIGN} u)): the mean wait where pages come at the rate λ, each is work g for one "
        "processor, and u = λ·g is the share of time in which it works, here 10·0.06"
    ),
    assumptions="Pages come as a Poisson process, each is the same work, and there is one gateway (M/D/1).",
    source="The formula of F. Pollaczek (1930) and A. Khinchine; L. Kleinrock, Queueing Systems, volume 1, 1975",
    parameters=PageSettings(answers=1, outage_s=0, rate=10, gateway_ms=60),
    side=WITH,
    figure="wait_ms",
    expected=0.6 * 60 / (2 * (1 - 0.6)),
)


@dataclass(frozen=True)
class OwnPage(Parameters):
    """A reader's own page."""

    your_rounds: int = integer(3, 1, 30, name="Calls in a row", about="Each needs the answer of the one before.")
    your_link_ms: int = integer(120, 1, 2000, name="From your clients and back", unit="ms")
    your_gateway_ms: int = integer(5, 0, 500, name="Work of a gateway for a page", unit="ms")


def time_saved(own: OwnPage) -> str:
    direct, through = own.your_rounds * own.your_link_ms, own.your_link_ms + own.your_gateway_ms
    saved = direct - through
    found = f"{saved:,} ms sooner" if saved > 0 else f"{-saved:,} ms later" if saved < 0 else "just as soon"
    return (
        f"Without a gateway a page spends {direct:,} ms on the link, with one {through:,} ms on the link and in the "
        f"gateway: it is there {found}."
    )


class ApiGateway(SystemExperiment[PageSystem]):
    slug = "api-gateway-pattern"
    title = "Many answers over a slow link"
    question = (
        "A page needs six answers, and the client is far away. How long does it wait, and what if a gateway asks?"
    )
    system = PageSystem
    parameters = PageSettings
    mechanism = (Gateway, calls_of)
    sides = (
        Side(WITHOUT, "The client calls", "without one"),
        Side(WITH, "Gateway", "with a gateway"),
        Side(PARALLEL, "A parallel client", "with a parallel client"),
    )
    metrics = (
        Metric(
            "page_ms",
            "time until 95 % of pages are shown",
            Unit.MILLISECONDS,
            Role.PRIMARY,
            "From the click to the last answer. A page that is not shown in time counts as its deadline, 3 s.",
            never=DEADLINE_MS,
        ),
        Metric("median_ms", "time until half of the pages are shown", Unit.MILLISECONDS, Role.GAIN, never=DEADLINE_MS),
        Metric("requests", "requests over the slow link for a page", Unit.COUNT, Role.GAIN),
        Metric(
            "failed",
            "pages not shown in time",
            Unit.SHARE,
            Role.PRICE,
            "Lost in a gateway, or too late.",
            smallest=0.005,
        ),
        Metric(
            "gateway_ms",
            "time in the gateway itself",
            Unit.MILLISECONDS,
            Role.PRICE,
            "Waiting and work, on average over the pages that it asked services for; not the wait for those.",
        ),
        Metric("busy", "time in which a gateway works", Unit.SHARE, Role.PRICE, "At 100 % it has no time left."),
        Metric("gateways", "gateways to run", Unit.COUNT, Role.PRICE),
    )
    presets = (
        Preset(
            "default",
            "One call after the other",
            "The client asks for six answers in turn, each over the slow link. The gateway is down for a second.",
            PageSettings(),
            Fault.SLOW,
        ),
        Preset(
            "rounds",
            "Three rounds of two calls",
            "Calls need the answers of those before. Compared with a client that makes both calls of a round at once.",
            PageSettings(rounds=3),
            Fault.SLOW,
            against=PARALLEL,
        ),
        Preset(
            "parallel",
            "All six calls at once",
            "No call needs another. Compared with a client that makes all six at once; no gateway is ever down.",
            PageSettings(outage_s=0),
            Fault.NONE,
            against=PARALLEL,
        ),
        Preset(
            "one",
            "A page of one answer",
            "There is nothing to put together: a gateway, though never down, is one more stop on the way.",
            PageSettings(answers=1, outage_s=0),
            Fault.NONE,
        ),
        Preset(
            "near",
            "A client beside the services",
            "Three rounds of two calls, but the link is as short as the way inside. Compared with a parallel client.",
            PageSettings(rounds=3, link_ms=1, outage_s=0),
            Fault.NONE,
            against=PARALLEL,
        ),
        Preset(
            "down",
            "The gateway is down for a while",
            "For six seconds of sixty, no page gets through. A second gateway would lose only what the first one held.",
            PageSettings(outage_s=6),
            Fault.OUTAGE,
        ),
        Preset(
            "overloaded",
            "More pages than the gateway can take",
            "A page is 60 ms of work for it, and twenty come in a second: it falls behind until most come too late.",
            PageSettings(gateway_ms=60, outage_s=0),
            Fault.LOAD,
        ),
    )
    laws = (CLIENT, INSIDE, SLOWEST, QUEUE)
    knob = Knob("connections", (1, 2, 3, 4, 5, 6))
    calculator = Calculator(
        "How much sooner would your page be there?",
        OwnPage,
        time_saved,
        "Services take as long either way, and the ways inside no time. Calls that could be made at once count as one.",
    )
    qualities = ("latency", "availability", "operability")
    fairness = (
        "The services do the same work for each page on all sides, and all answers are needed. The client has its "
        "connections open already, so it pays for no handshakes. A client that makes all calls of a round at once runs "
        "beside both: what is due to asking in parallel is not put down to the gateway."
    )
    assumptions = (
        "Pages are asked for at random (an open Poisson process), for a minute.",
        "Services are never short of capacity: the time that one takes does not depend on the load.",
        "The gateway works on one page at a time, and takes up the next while it waits for services.",
        "What is in a gateway when it goes down is lost, and what comes then is refused. Nobody tries again.",
        "A page that has waited for three seconds has failed; a gateway drops it if it has not begun with it.",
    )
    limits = (
        "A gateway that is down for one second in sixty is far worse than in practice: so that a minute shows it.",
        "The link has no limit of volume and loses nothing. Where it does, fewer and larger requests change more.",
        "Only aggregation is looked at. Routing, authentication and rate limits are reasons for a gateway, too, and a "
        "gateway that makes no calls at once saves none of the services' time.",
        "No service fails. A page that needs all answers would then fail on all sides alike.",
    )

    def figures(self, system: PageSystem) -> dict[str, float | None]:
        p, ends, count = system.p, system.ends, len(system.gateways)
        times_ms = [end.took_us / MILLISECOND_US for end in ends]
        # Whatever the gateway worked on; of what it dropped or lost at once, it saw nothing.
        seen = [end for end in ends if end.calls] if count else []
        waits_ms = [end.waited_us / MILLISECOND_US for end in seen]
        work_us, way_us = p.gateway_ms * MILLISECOND_US, p.link_ms * MILLISECOND_US // 2

        def worked_us(end: PageEnd) -> int:
            """Within the minute, after which a long queue goes on."""
            since_us = end.page.at_us + way_us + end.waited_us
            return max(0, min(HORIZON_US, since_us + work_us) - since_us)

        inside_us = [max(one.until_us for one in end.calls) - end.calls[0].since_us for end in seen]
        return {
            "page_ms": percentile(times_ms, 95),
            "median_ms": median(times_ms),
            "requests": 1 if count else p.answers,
            "failed": share(sum(end.fate != "shown" for end in ends), len(ends)),
            "gateway_ms": mean(wait_ms + p.gateway_ms for wait_ms in waits_ms) if count else 0,
            "busy": sum(map(worked_us, seen)) / (count * HORIZON_US) if count else 0,
            "gateways": count,
            "mean_ms": mean(times_ms),
            "wait_ms": mean(waits_ms),
            "unqueued_ms": mean((end.took_us - end.waited_us) / MILLISECOND_US for end in seen),
            "inside_ms": mean(one_us / MILLISECOND_US for one_us in inside_us),
        }

    def structure(self, parameters: PageSettings, side: str) -> Structure:
        p = parameters
        client = Part("client", "Client", 0, f"{p.rate} pages a second", "client")
        name = f"{p.answers} services" if p.answers > 1 else "1 service"
        services = Part("services", name, 3, f"{p.service_ms} ms on average")
        if side != WITH:
            at_once = min(p.answers, p.answers if side == PARALLEL else p.connections)
            how = "one by one" if at_once == 1 else f"{at_once} at once"
            link = Wire("client", "services", f"{p.link_ms} ms, {how}", is_broken=True)
            return Structure((client, services), (link,))
        name = f"{p.gateways} gateways" if p.gateways > 1 else "Gateway"
        gateway = Part("gateway", name, 2, f"{p.gateway_ms} ms a page", is_broken=p.outage_s > 0, is_new=True)
        ways = (
            Wire("client", "gateway", f"{p.link_ms} ms, once", is_broken=True),
            Wire("gateway", "services", f"{p.inside_ms} ms, all at once"),
        )
        return Structure((client, gateway, services), ways)

    def failures(self, system: PageSystem) -> tuple[Failure, ...]:
        """The same on all sides, of which only one has a gateway."""
        outage = system.p.outage
        return (Failure("a gateway is down", outage.from_us, outage.until_us),) if system.p.outage_s else ()

    def series(self, system: PageSystem) -> tuple[Series, ...]:
        ends = system.ends
        failed = [end.page.at_us for end in ends if end.fate != "shown"]
        took_us = sorted(end.at_us - end.page.at_us for end in ends if end.fate == "shown")
        shown = tuple(
            Sample(at_us, 100 * sum(one <= at_us for one in took_us) / max(1, len(ends)))
            for at_us in range(0, DEADLINE_US + 1, SHOWN_STEP_US)
        )
        ticks = range(0, HORIZON_US + 1, SECOND_US)
        under_way = tuple(Sample(tick, sum(end.page.at_us <= tick < end.at_us for end in ends)) for tick in ticks)
        return (
            Series("shown", "Pages shown, by the time since the click", "%", shown, MILLISECONDS, failures=()),
            Series(
                "failed",
                "Pages not shown in time, by when they were asked for",
                "a second",
                per_second(failed, until_us=HORIZON_US),
            ),
            Series("under_way", "Pages under way", "pages", under_way),
        )

    def narrate(self, trace: Trace, system: PageSystem) -> None:
        """A page when all is well, and the first one that comes when the gateway is down, or that is not shown."""
        first = next((end for end in system.ends if end.fate == "shown"), None)
        down_us = DOWN_US if system.p.outage_s else HORIZON_US
        later = (end for end in system.ends if end != first)
        second = next((end for end in later if end.page.at_us >= down_us or end.fate != "shown"), None)
        if first:
            self.tell(trace, system, first)
        if second and system.gateways:
            trace.note(second.page.at_us, "client", "gateway", "page")
            text, kind = ("page", "reply") if second.fate == "shown" else (f"no page: {second.fate}", "fail")
            trace.note(second.at_us, "gateway", "client", text, "reply" if kind == "reply" else "fail")
        elif second:
            trace.note(second.page.at_us, "client", "services", f"{system.p.answers} calls")
            trace.note(
                second.at_us, "client", "client", "shows the page" if second.fate == "shown" else "gives up", "event"
            )

    def tell(self, trace: Trace, system: PageSystem, end: PageEnd) -> None:
        caller = "gateway" if system.gateways else "client"
        if system.gateways:
            trace.note(end.page.at_us, "client", "gateway", "page")
        numbered = [*enumerate(end.calls, 1)]
        for number, call in numbered[:TOLD] + numbered[TOLD:][-1:]:
            trace.note(call.since_us, caller, f"service {number}", "call")
            trace.note(call.until_us, f"service {number}", caller, "answer", "reply")
        if system.gateways:
            trace.note(end.at_us, "gateway", "client", "page", "reply")
        trace.note(end.at_us, "client", "client", "shows the page", "event")
