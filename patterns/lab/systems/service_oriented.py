"""Service-oriented architecture: providers change interfaces that consumers in other departments use.

Every change is announced with the same notice on all sides, and every consumer needs a while to move. Without a
contract the new interface replaces the old one when the notice is over: until then only a part of the work can be done,
by reading. With one, both versions are served during the notice. On the third side a bus stands between, and one team
translates each change for all consumers, one after the other. Time is told in days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from patterns.lab.experiment import WITHOUT
from patterns.lab.parameters import Parameters, integer, law_only
from patterns.lab.simulation import DAY_US, SECOND_US, Stream, System, Work, World
from patterns.lab.systems.spans import Span, joined

BUS = "bus"
HOUR_US = DAY_US // 24
DAY_S, YEAR_S = DAY_US // SECOND_US, 365 * DAY_US // SECOND_US


@dataclass(frozen=True)
class ContractSettings(Parameters):
    consumers: int = integer(12, 1, 30, name="Consumers", about="Teams in other departments.")
    providers: int = integer(6, 1, 15, name="Providers")
    density: int = integer(
        50, 10, 100, step=10, name="Links", unit="%", about="Of all pairs of a consumer and a provider."
    )
    every_days: int = integer(
        120, 30, 365, name="A provider changes its interface every", unit="days", about="On average."
    )
    overlap_days: int = integer(
        30, 0, 180, name="Notice", unit="days", about="The old version ends then. With a contract, both are served."
    )
    migration_days: int = integer(
        10, 1, 120, name="A consumer needs to move", unit="days", about="On average: a few need far longer."
    )
    prepared: int = integer(
        50, 0, 100, step=10, name="Done by reading", unit="%", about="Of that work: what needs no running new version."
    )
    translate_days: int = integer(
        5, 1, 30, name="The bus team needs", unit="days a change", about="Third side: on average, one change at a time."
    )
    outages: int = integer(2, 0, 24, name="The bus fails", unit="times a year", about="Third side.")
    outage_h: int = integer(4, 1, 72, name="The bus is down for", unit="hours", about="Third side.")
    hop_ms: int = integer(5, 0, 50, name="The bus adds to a call", unit="ms", about="Third side.")
    horizon_days: int = law_only(365)  # changes are announced so long; all moves are brought to their end

    @property
    def overlap_us(self) -> int:
        return self.overlap_days * DAY_US

    @property
    def horizon_us(self) -> int:
        return self.horizon_days * DAY_US


@dataclass(frozen=True, slots=True)
class Change:
    """Of a provider's interface, to ``version``: those who used the one before cannot use this one."""

    provider: int
    version: int
    announced_us: int
    moves_us: dict[int, int]  # the work of each consumer to move
    translate_us: int  # the work of the bus team


@dataclass(frozen=True)
class ContractLoad:
    consumers: tuple[tuple[int, ...], ...]  # of each provider
    changes: list[Change]  # of providers that somebody uses, in the order of their announcement
    outages: list[Span]  # of the bus


class Contract:
    """What a provider promises: a version ends when its notice is over, and the next is served from the first day.

    Whoever moves in time is never without a version that is served. The provider has to run both meanwhile.
    """

    def __init__(self, world: World, overlap_us: int) -> None:
        self.world, self.overlap_us = world, overlap_us
        self.served = {1}
        self.ended_us: dict[int, int] = {}  # by version
        self.double: list[Span] = []  # a span for each old version that was served beside a newer one

    def publish(self, version: int) -> Work[None]:
        """Returns when the version before has ended."""
        announced_us = self.world.now_us
        self.served.add(version)
        yield self.world.timeout(self.overlap_us)
        self.served.remove(version - 1)
        self.ended_us[version - 1] = self.world.now_us
        self.double.append((announced_us, self.world.now_us))

    def move(self, work_us: int, prepared_us: int) -> Work[None]:
        """What a consumer does after the notice: all of it can be tried against the version that runs already."""
        yield self.world.timeout(work_us)


class PrivateInterface(Contract):
    """One version only: the next takes its place when the notice is over."""

    def publish(self, version: int) -> Work[None]:
        yield self.world.timeout(self.overlap_us)
        self.served, self.ended_us[version - 1] = {version}, self.world.now_us

    def move(self, work_us: int, prepared_us: int) -> Work[None]:
        # However early it is ready, it goes live with the new version; what needs that one waits for it.
        yield self.world.timeout(self.overlap_us)
        yield self.world.timeout(work_us - min(prepared_us, self.overlap_us))


@dataclass(frozen=True, slots=True)
class Move:
    """Of one consumer, or of the bus on its behalf, to the new version."""

    change: Change
    consumer: int
    moved_us: int


@dataclass
class Link:
    """A consumer's use of a provider: broken while the version that it speaks is not served."""

    speaks: int = 1
    ready: set[int] = field(default_factory=set)  # versions whose work is done
    down_us: int | None = None  # since when
    down: list[Span] = field(default_factory=list)

    def move(self, version: int) -> None:
        """Work on a version builds on that for the one before, so nobody skips one."""
        self.ready.add(version)
        while self.speaks + 1 in self.ready:
            self.speaks += 1

    def see(self, is_served: bool, now_us: int) -> None:
        if not is_served and self.down_us is None:
            self.down_us = now_us
        elif is_served and self.down_us is not None:
            self.down.append((self.down_us, now_us))
            self.down_us = None


class Enterprise(System[ContractSettings, ContractLoad]):
    """Providers, consumers, and on the third side a bus and its team."""

    def __init__(self, p: ContractSettings, load: ContractLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        kind = PrivateInterface if side == WITHOUT else Contract
        self.contracts = [kind(self.world, p.overlap_us) for _ in load.consumers]
        self.links = {(provider, one): Link() for provider, users in enumerate(load.consumers) for one in users}
        self.moves: list[Move] = []
        self.team_free_us = 0
        self.translations: list[tuple[Change, int, int]] = []  # when the team began, and when it was done

    @classmethod
    def draw(cls, p: ContractSettings, seed: int) -> ContractLoad:
        pairs, news, work, team = (Stream(seed, purpose) for purpose in ("links", "changes", "work", "team"))
        consumers = tuple(
            tuple(consumer for consumer in range(p.consumers) if pairs.chance(p.density / 100))
            for _ in range(p.providers)
        )
        rate = 1 / (p.every_days * DAY_S)
        announced = []
        for provider in range(p.providers):
            instants = news.arrivals_us(per_second=rate, until_us=p.horizon_us)
            announced += [(at_us, provider, version) for version, at_us in enumerate(instants, 2)]
        changes = [
            Change(
                provider,
                version,
                at_us,
                {consumer: work.exponential_us(p.migration_days * DAY_US) for consumer in consumers[provider]},
                team.exponential_us(p.translate_days * DAY_US),
            )
            for at_us, provider, version in sorted(announced)
            if consumers[provider]
        ]
        failures = Stream(seed, "outages").arrivals_us(per_second=p.outages / YEAR_S, until_us=p.horizon_us)
        return ContractLoad(consumers, changes, joined((at, at + p.outage_h * HOUR_US) for at in failures))

    def processes(self) -> Iterator[Work[None]]:
        yield self.announcements()
        if self.side == BUS:
            yield self.bus_outages()

    def announcements(self) -> Work[None]:
        for change in self.load.changes:
            yield self.world.timeout(change.announced_us - self.world.now_us)
            # The provider first: at the same instant, a version is served before anybody moves to it.
            self.world.process(self.publish(change))
            if self.side == BUS:
                self.world.process(self.translate(change))
            else:
                for consumer in change.moves_us:
                    self.world.process(self.move(change, consumer))

    def publish(self, change: Change) -> Work[None]:
        yield from self.contracts[change.provider].publish(change.version)
        self.look(change.provider)

    def move(self, change: Change, consumer: int) -> Work[None]:
        work_us = change.moves_us[consumer]
        yield from self.contracts[change.provider].move(work_us, work_us * self.p.prepared // 100)
        self.moved(change, consumer)
        self.look(change.provider)

    def translate(self, change: Change) -> Work[None]:
        """By the one team, first come, first served; consumers keep their own format."""
        begins_us = max(self.world.now_us, self.team_free_us)
        self.team_free_us = begins_us + change.translate_us
        yield self.world.timeout(self.team_free_us - self.world.now_us)
        self.translations.append((change, begins_us, self.world.now_us))
        for consumer in change.moves_us:
            self.moved(change, consumer)
        self.look(change.provider)

    def moved(self, change: Change, consumer: int) -> None:
        self.links[change.provider, consumer].move(change.version)
        self.moves.append(Move(change, consumer, self.world.now_us))

    def late_us(self, move: Move) -> int:
        """How long after the end of the version before; 0 if it was not."""
        ended_us = self.contracts[move.change.provider].ended_us[move.change.version - 1]
        return max(0, move.moved_us - ended_us)

    def bus_outages(self) -> Work[None]:
        for down_us, up_us in self.load.outages:
            for at_us in (down_us, up_us):
                yield self.world.timeout(at_us - self.world.now_us)
                for provider in range(len(self.contracts)):
                    self.look(provider)

    @property
    def has_path(self) -> bool:
        """Whether calls get through to the providers at all."""
        now_us = self.world.now_us
        return self.side != BUS or not any(down_us <= now_us < up_us for down_us, up_us in self.load.outages)

    def look(self, provider: int) -> None:
        served, has_path = self.contracts[provider].served, self.has_path
        for consumer in self.load.consumers[provider]:
            link = self.links[provider, consumer]
            link.see(has_path and link.speaks in served, self.world.now_us)
