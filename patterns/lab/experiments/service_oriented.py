"""Service-oriented architecture: for how many days a changed interface breaks those who use it."""

from dataclasses import dataclass
from math import ceil, exp, log, sqrt

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
from patterns.lab.measure import mean, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import DAY_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.service_oriented import BUS, Change, Contract, ContractSettings, Enterprise, Link, Move
from patterns.lab.systems.spans import joined, mean_open, total_us
from patterns.lab.trace import DAYS, Failure, Series, Trace

STEP_US = 2 * DAY_US  # of the charts
SHORT = ContractSettings(density=100, overlap_days=10)  # a notice as long as a move, so that many are late


LATE_SHARE = Law(
    name="Consumers that are too late",
    formula="e^(-w/R), for a notice w and moves that take R on average",
    assumptions="Consumers begin when they are told, do not wait for each other, and need an exponential time.",
    source="The tail of the exponential distribution; two versions side by side: D. Sato, ParallelChange, 2014",
    parameters=SHORT,
    side=WITH,
    figure="late",
    expected=exp(-1),
)
LATE_SPREAD = Law(
    name="How much their number varies",
    formula="√(k·q·(1 - q)), for k consumers of which each is too late with the chance q = e^(-w/R)",
    assumptions="As above: then the number that is too late is binomial. It is that of the first change, with k = 12.",
    source="The standard deviation of the binomial distribution",
    parameters=SHORT,
    side=WITH,
    figure="late_first",
    expected=sqrt(12 * exp(-1) * (1 - exp(-1))),
    statistic=Statistic.SPREAD,
)
LATE_WITHOUT = Law(
    name="Days a consumer is broken without an overlap",
    formula="R·(1 - s·(1 - e^(-w/(s·R)))), where the share s of the work can be done before the new version runs",
    assumptions="As above. What is done by reading is s of each move, or as much of it as the notice w holds.",
    source="The mean of an exponential time that is cut off at w",
    parameters=SHORT,
    side=WITHOUT,
    figure="late_days",
    expected=10 * (1 - 0.5 * (1 - exp(-10 / (0.5 * 10)))),
)
LAST_CONSUMER = Law(
    name="When the last consumer has moved",
    formula="R·H(k), where H(k) = 1 + 1/2 + … + 1/k, for k consumers that move at once and need R on average",
    assumptions="As above, and all of k = 12 consumers can begin on the first day, because the new version runs.",
    source="The largest of k exponential times: A. Rényi, On the theory of order statistics, 1953",
    parameters=SHORT,
    side=WITH,
    figure="reach",
    expected=10 * sum(1 / one for one in range(1, 13)),
)


@dataclass(frozen=True)
class YourNotice(Parameters):
    your_consumers: int = integer(12, 2, 1000, name="Consumers of the interface")
    your_notice_days: int = integer(30, 0, 1000, name="Days for which both versions are served")
    your_move_days: int = integer(10, 1, 365, name="Days a consumer needs to move", about="On average.")


def late_consumers(your: YourNotice) -> str:
    late = exp(-your.your_notice_days / your.your_move_days)
    enough = ceil(your.your_move_days * log(100))
    return (
        f"When the old version ends, {your.your_consumers * late:,.1f} of {your.your_consumers:,} consumers still use "
        f"it on average ({100 * late:.1f} %), and are broken for {your.your_move_days} days each. "
        f"A notice of {enough:,} days leaves one in a hundred behind."
    )


class ServiceOriented(SystemExperiment[Enterprise]):
    slug = "service-oriented-architecture"
    title = "A provider changes its interface"
    question = "Other departments use an interface that has to change. For how many days does the change break them?"
    system = Enterprise
    parameters = ContractSettings
    mechanism = (Contract, Link)
    qualities = ("evolvability", "interoperability", "availability")
    sides = (
        Side(WITHOUT, "Private interfaces", "with private interfaces"),
        Side(WITH, "Versioned contracts", "with versioned contracts"),
        Side(BUS, "Contracts and a bus", "with a bus"),
    )
    metrics = (
        Metric(
            "broken",
            "consumer-days broken, for each change",
            Unit.DAYS,
            Role.PRIMARY,
            "Two consumers that cannot call for three days each are six. Outages of a bus count, for all behind it.",
            smallest=0.02,
        ),
        Metric(
            "late",
            "moves that came after the old version had ended",
            Unit.SHARE,
            Role.GAIN,
            "Of all moves of a consumer to a new version, whoever makes them.",
            smallest=0.005,
        ),
        Metric(
            "reach",
            "days until the last consumer uses a change",
            Unit.DAYS,
            Role.GAIN,
            "From the announcement, on average over all changes.",
            smallest=0.02,
        ),
        Metric(
            "double",
            "days of running an old version beside the new one, for each change",
            Unit.DAYS,
            Role.PRICE,
            "The provider tests, watches and pays for both.",
        ),
        Metric(
            "built",
            "interfaces built or changed",
            Unit.COUNT,
            Role.PRICE,
            "One for each link and one for each move; with a bus one adapter for each system, and one for each change.",
        ),
        Metric("hop_ms", "time that something in between adds to a call", Unit.MILLISECONDS, Role.PRICE),
    )
    presets = (
        Preset(
            "default",
            "Thirty days of notice",
            "Consumers need ten days on average. Without a contract, half of the work has to wait for the new version.",
            ContractSettings(),
            Fault.CHANGE,
        ),
        Preset(
            "no-notice",
            "No notice",
            "The old version ends on the day of the announcement. A contract without an overlap promises nothing.",
            ContractSettings(overlap_days=0),
            Fault.CHANGE,
        ),
        Preset(
            "slow-teams",
            "Consumers slower than the notice",
            "They need sixty days and get thirty. Most are broken either way; the overlap shortens it a little.",
            ContractSettings(migration_days=60),
            Fault.SLOW,
        ),
        Preset(
            "test-system",
            "A test system instead of an overlap",
            "Consumers try the new version early, in a test system, and all switch on one day: nothing waits for it.",
            ContractSettings(prepared=100),
            Fault.CHANGE,
        ),
        Preset(
            "two-by-two",
            "Two consumers, two providers",
            "Compared with a bus, which needs four adapters for four links: what it saves are moves. Notice is long "
            "enough for everybody, so that only its own outages break anything.",
            ContractSettings(consumers=2, providers=2, density=100, overlap_days=60),
            Fault.CHANGE,
            against=BUS,
        ),
        Preset(
            "bus-outage",
            "The bus fails for a day",
            "Compared with a bus that is down for a day, four times a year, and takes every link with it.",
            ContractSettings(outages=4, outage_h=24),
            Fault.OUTAGE,
            against=BUS,
        ),
        Preset(
            "bus-team",
            "One team for every change",
            "Compared with a bus whose team needs ten days a change, while a new one comes every five.",
            ContractSettings(every_days=30, translate_days=10),
            Fault.LOAD,
            against=BUS,
        ),
    )
    knob = Knob("overlap_days", (0, 5, 10, 20, 30, 45, 60, 90))
    calculator = Calculator(
        "How many consumers will be late?",
        YourNotice,
        late_consumers,
        "Consumers begin when they are told, work independently, and a few of them need far longer than the average.",
    )
    laws = (LATE_SHARE, LATE_SPREAD, LATE_WITHOUT, LAST_CONSUMER)
    assumptions = (
        "All sides announce the same changes on the same days, and the old version ends on the same day everywhere.",
        "A consumer begins at once, works on two changes at the same time if it must, and skips no version.",
        "No change is compatible: whoever has not moved when the old version ends is broken until it has.",
        "The bus needs one translation for each change, after which its consumers go on in their own format.",
    )
    limits = (
        "Changes that only add something break no careful reader on any side, and are left out.",
        "What it costs to agree on contracts, and to have people who see to them, is not shown.",
        "A bus can translate a form, not a meaning: a change of meaning reaches its consumers all the same.",
        "Calls are not simulated one by one, so the queueing in a bus is not shown; providers themselves never fail.",
    )
    fairness = (
        "Private interfaces get the same notice, for the same changes, and their consumers begin on the same day. Half "
        "of each move is done before the switch, and whoever is ready goes live with it, without an hour lost. What "
        "they lack is a new version to try while the old one is served. One preset gives them a test system for that, "
        "and the difference is gone."
    )

    def figures(self, system: Enterprise) -> dict[str, float | None]:
        changes, moves, links = system.load.changes, system.moves, system.links
        late_us = [(move.change, system.late_us(move)) for move in moves]
        broken_us = sum(total_us(link.down) for link in links.values())
        double_us = sum(total_us(contract.double) for contract in system.contracts)
        lasts_us = {id(change): 0 for change in changes}
        for move in moves:
            lasts_us[id(move.change)] = max(lasts_us[id(move.change)], move.moved_us - move.change.announced_us)
        systems = len({provider for provider, _ in links}) + len({consumer for _, consumer in links})
        built = systems + len(changes) if system.side == BUS else len(links) + len(moves)
        return {
            "broken": share(broken_us / DAY_US, len(changes)),
            "late": share(sum(us > 0 for _, us in late_us), len(moves)),
            "reach": mean(last_us / DAY_US for last_us in lasts_us.values()),
            "double": share(double_us / DAY_US, len(changes)),
            "built": built,
            "hop_ms": system.p.hop_ms if system.side == BUS else 0,
            "late_days": mean(us / DAY_US for _, us in late_us),
            "late_first": sum(us > 0 for one, us in late_us if one is changes[0]) if changes else None,
        }

    def failures(self, system: Enterprise) -> tuple[Failure, ...]:
        """A day from each end of an old version: what is broken then on some side, is not on another."""
        ends_us = [change.announced_us + system.p.overlap_us for change in system.load.changes]
        ended = joined((at_us, at_us + DAY_US) for at_us in ends_us)
        return (
            *(Failure("an old version has ended", from_us, until_us) for from_us, until_us in ended),
            *(Failure("the bus is down, if there is one", *outage) for outage in system.load.outages),
        )

    def series(self, system: Enterprise) -> tuple[Series, ...]:
        until_us = system.p.horizon_us
        charts = (
            ("broken", "Links between consumer and provider that are broken", "links", self.broken(system)),
            ("double", "Old versions served beside newer ones", "versions", self.double(system)),
            ("waiting", "Changes that the team of the bus has not translated", "changes", self.untranslated(system)),
        )
        return tuple(
            Series(key, name, unit, mean_open(spans, until_us=until_us, step_us=STEP_US), clock=DAYS)
            for key, name, unit, spans in charts
        )

    @staticmethod
    def broken(system: Enterprise) -> list[tuple[int, int]]:
        return [span for link in system.links.values() for span in link.down]

    @staticmethod
    def double(system: Enterprise) -> list[tuple[int, int]]:
        return [span for contract in system.contracts for span in contract.double]

    @staticmethod
    def untranslated(system: Enterprise) -> list[tuple[int, int]]:
        return [(change.announced_us, done_us) for change, _, done_us in system.translations]

    def narrate(self, trace: Trace, system: Enterprise) -> None:
        """One change, through its quickest and its slowest consumer: the first for which somebody needs too long."""
        changes, notice_us = system.load.changes, system.p.overlap_us
        slow = (change for change in changes if max(change.moves_us.values()) > notice_us)
        change = next(slow, changes[0] if changes else None)
        if change is None:
            return
        text = f"version {change.version}; the old one ends in {system.p.overlap_days} days"
        trace.note(change.announced_us, "provider", "consumers", text, "event")
        ended = f"version {change.version - 1} ends"
        is_replaced = system.side == WITHOUT
        text = f"{ended}, version {change.version} begins" if is_replaced else ended
        trace.note(change.announced_us + notice_us, "provider", "provider", text, "event")
        self.narrate_bus(trace, system, change)
        moves = [move for move in system.moves if move.change is change]
        quick, slowest = (find(moves, key=lambda move: change.moves_us[move.consumer]) for find in (min, max))
        self.narrate_move(trace, system, quick, "quick consumer")
        if slowest is not quick:
            self.narrate_move(trace, system, slowest, "slow consumer")

    @staticmethod
    def narrate_move(trace: Trace, system: Enterprise, move: Move, consumer: str) -> None:
        target = "bus" if system.side == BUS else "provider"
        version, late_us = move.change.version, system.late_us(move)
        old = "call in its own format" if system.side == BUS else f"call by version {version - 1}"
        if late_us:
            trace.note(move.moved_us - late_us, consumer, target, old)
            trace.note(move.moved_us - late_us, target, consumer, "this version has ended", "fail")
        new = old if system.side == BUS else f"call by version {version}"
        trace.note(move.moved_us, consumer, target, new)
        trace.note(move.moved_us, target, consumer, "answer", "reply")

    @staticmethod
    def narrate_bus(trace: Trace, system: Enterprise, change: Change) -> None:
        for one, begins_us, done_us in system.translations:
            if one is change:
                trace.note(change.announced_us, "provider", "team of the bus", f"version {change.version}", "event")
                waited = (begins_us - change.announced_us) / DAY_US
                text = f"begins after {waited:.0f} days in the queue" if waited >= 0.5 else "begins at once"
                trace.note(begins_us, "team of the bus", "team of the bus", text, "event")
                trace.note(done_us, "team of the bus", "bus", f"translation to version {change.version}", "store")

    def structure(self, parameters: ContractSettings, side: str) -> Structure:
        p = parameters
        consumers = Part("consumers", f"{p.consumers} consumers", 0, f"{p.migration_days} days to move", "client")
        providers = Part("providers", f"{p.providers} providers", 3, f"a change in {p.every_days} days")
        if side == WITHOUT:
            interface = Part("old", "Private interfaces", 2, f"replaced after {p.overlap_days} days", is_broken=True)
            call = Wire("consumers", "old", f"{p.density} % of all pairs", is_broken=True)
            return Structure((consumers, interface, providers), (call, Wire("old", "providers")))
        old = Part("old", "Old version", 2, f"ends after {p.overlap_days} days", is_broken=True)
        new = Part("new", "New version", 2, "from the first day", is_new=True)
        inside = Wire("old", "providers"), Wire("new", "providers")
        if side == WITH:
            registry = Part("registry", "Contracts", 1, "who uses which version", "store", is_new=True)
            calls = Wire("consumers", "old", is_broken=True), Wire("consumers", "new")
            told = Wire("providers", "registry", "announces", is_async=True)
            return Structure((consumers, registry, old, new, providers), (*calls, *inside, told))
        bus = Part("bus", "Bus", 1, f"{p.outages} outages, {p.outage_h} h each", is_broken=p.outages > 0, is_new=True)
        team = Part("team", "Team of the bus", 1, f"{p.translate_days} days a change", is_new=True)
        call = Wire("consumers", "bus", f"+{p.hop_ms} ms a call", is_broken=p.outages > 0)
        routes = Wire("bus", "old", is_broken=True), Wire("bus", "new")
        work = Wire("team", "bus", "translates", is_async=True)
        return Structure((consumers, bus, team, old, new, providers), (call, *routes, work, *inside))
