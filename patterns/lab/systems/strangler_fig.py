"""Strangler fig: a live system is replaced, all at once or feature by feature behind a façade.

One team builds eight features anew, one after the other, and the new code has the same defects on all sides. Whoever
meets one is harmed. An alarm rings when enough requests have met one, the former routes are restored, which takes a
while, and the team repairs what it has seen before it tries again.

Months of healthy requests say nothing. So only those that a defect harms are simulated: requests that arrive as a
Poisson process and meet a defect by chance are a Poisson process again, whose rate changes with each route.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import DAY_US, SECOND_US, Stream, System, Work

CANARY = "canary"
FEATURES = range(8)
UNEVEN = (30, 20, 14, 11, 9, 7, 5, 4)  # per cent of all requests
WRITES = 0.2  # of all requests
WATCH_US = 7 * DAY_US  # for so long the old system is kept as the way back
UNIT_US = SECOND_US  # of a drawn wait: as long as it takes to harm one request at a rate of one a second
MARKS = 1_000_000
NEVER = 10**18
Kind = Literal["route", "alarm", "back", "repaired", "end"]


@dataclass(frozen=True)
class MigrationSettings(Parameters):
    rate: int = integer(20, 5, 30, name="Requests", unit="a second")
    defect: Literal["platform", "local", "none"] = choice(
        "platform", name="Defects", platform="One, common to the new system", local="In single features", none="None"
    )
    faulty: int = integer(4, 1, 8, name="Faulty features", about="Of eight, if the defects are in single features.")
    failing: int = integer(5, 1, 20, name="Harmed by a defect", unit="%", about="Of the requests that meet it.")
    finds: Literal["all", "one"] = choice(
        "all", name="The team finds", all="All that has shown", one="The first alone: it hides the others"
    )
    detection: Literal["errors", "time"] = choice(
        "errors", name="The alarm rings", errors="After some errors", time="After a fixed time"
    )
    errors: int = integer(10, 1, 50, name="Errors until the alarm")
    detect_s: int = integer(300, 30, 300, step=30, name="Time until the alarm", unit="s", about="From a switch on.")
    rollback_s: int = integer(60, 10, 120, step=10, name="Rollback", unit="s", about="Until all routes are restored.")
    repair_days: int = integer(2, 1, 10, name="Repair of a defect", unit="days", about="One after the other.")
    build_days: int = integer(7, 1, 14, name="To build a feature", unit="days")
    seam_days: int = integer(
        1, 0, 5, name="Extra work for a slice", unit="days", about="Routes, copies, their removal."
    )
    slices: Literal["uneven", "equal"] = choice(
        "uneven", name="Features", uneven="4 to 30 % of all requests", equal="One eighth each"
    )
    order: Literal["smallest", "largest"] = choice(
        "smallest", name="First slice", smallest="The smallest", largest="The largest"
    )
    canary: int = integer(5, 1, 50, name="Canary", unit="%", about="Third side: of the users, for a week.")
    bypass: int = integer(0, 0, 60, step=5, name="Calls past the façade", unit="%", about="They reach the old system.")
    lag_s: int = integer(5, 1, 60, name="Copies lag behind", unit="s", about="From one system to the other.")
    hop_ms: int = integer(2, 0, 20, name="Hop of the façade", unit="ms")
    facade_down_s: int = integer(0, 0, 30, name="Façade down", unit="s", about="Once, while the slices move.")

    def weight(self, feature: int) -> float:
        """The share of all requests."""
        return UNEVEN[feature] / 100 if self.slices == "uneven" else 1 / len(FEATURES)

    @property
    def in_order(self) -> list[int]:
        return [*FEATURES] if self.order == "largest" else [*reversed(FEATURES)]


@dataclass(frozen=True, slots=True)
class Defect:
    """Harms a share of the requests to some features of the new system."""

    name: str
    features: tuple[int, ...]
    share: float
    is_of_seam: bool = False  # of the way that the systems are joined, and not of the new code


@dataclass(frozen=True, slots=True)
class BadRequest:
    """How long after the last one it comes, at a rate of one a second, and a mark between 0 and 1: what it meets."""

    wait_us: int
    mark: float


@dataclass(frozen=True)
class MigrationLoad:
    defects: tuple[Defect, ...]
    bad: list[BadRequest]
    facade_down_us: int  # an instant
    turned_away_us: list[int]  # from then on


@dataclass(frozen=True, slots=True)
class Harm:
    at_us: int
    defect: Defect
    feature: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A step of the migration, and the share of all requests that the new system serves from then on."""

    at_us: int
    what: Kind
    moved: float
    features: tuple[int, ...] = ()


FACADE = Defect("the façade is down", (), 1.0)


class Facade:
    """Knows for each feature how many of its requests, in per cent, the new system serves."""

    def __init__(self, p: MigrationSettings) -> None:
        self.p = p
        self.percent = [0 for _ in FEATURES]

    def route(self, features: list[int], percent: int) -> None:
        for feature in features:
            self.percent[feature] = percent

    def moved(self, features: tuple[int, ...] = (*FEATURES,)) -> float:
        """The share of all requests that are for these features and go to the new system."""
        return sum(self.p.weight(feature) * self.percent[feature] for feature in features) / 100


class Migration(System[MigrationSettings, MigrationLoad]):
    """The way from the old system to the new one; every side has something that routes, two have it for weeks."""

    def __init__(self, p: MigrationSettings, load: MigrationLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.facade = Facade(p)
        self.open = [*load.defects]
        if side == WITH and p.bypass:
            # Callers inside the old system change its copy, which no longer owns the data; each slice has its own.
            self.open += [Defect("write past the façade", (one,), p.bypass / 100 * WRITES, True) for one in FEATURES]
        self.met = 0  # how many of the bad requests have come
        self.ahead = float(load.bad[0].wait_us)  # what is left of the wait for the next one, at a rate of one a second
        self.harms: list[Harm] = []
        self.turns: list[Turn] = []
        self.shown: list[Harm] = []  # since the last alarm
        self.switched_us = 0
        self.routed_us = [0 for _ in FEATURES]  # since when each feature is routed as it is now
        self.most_exposed, self.most_back, self.waited_us = 0.0, 0.0, 0

    @classmethod
    def draw(cls, p: MigrationSettings, seed: int) -> MigrationLoad:
        lots, bad, marks = Stream(seed, "faulty features"), Stream(seed, "bad requests"), Stream(seed, "marks")
        drawn = sorted((lots.index(MARKS), feature) for feature in FEATURES)
        faulty = sorted(feature for _, feature in drawn[: p.faulty])
        share = p.failing / 100
        defects = {
            "platform": (Defect("common defect", (*FEATURES,), share),),
            "local": tuple(Defect(f"defect in feature {one + 1}", (one,), share) for one in faulty),
            "none": (),
        }[p.defect]
        # Each try ends with an alarm and mends a defect. More than they need: the rates fall from try to try.
        seams = len(FEATURES) if p.bypass else 0
        watched_s = p.rollback_s + (p.detect_s if p.detection == "time" else 0)
        harmful = p.rate * (share * (len(defects) + 1) + p.bypass / 100 * WRITES)
        count = 50 + (len(defects) + seams + 1) * p.errors + round(harmful * watched_s)
        slice_us = (p.build_days + p.seam_days) * DAY_US
        down = Stream(seed, "façade").uniform_us((len(FEATURES) - 1) * slice_us + WATCH_US)
        refused = Stream(seed, "requests while the façade is down")
        turned_away = refused.arrivals_us(per_second=p.rate, until_us=p.facade_down_s * SECOND_US)
        requests = [BadRequest(bad.exponential_us(UNIT_US), marks.index(MARKS) / MARKS) for _ in range(count)]
        return MigrationLoad(defects, requests, slice_us + down, turned_away)

    def processes(self) -> Iterator[Work[None]]:
        if self.side == WITH:
            yield self.feature_by_feature()
        else:
            yield self.all_at_once(*([self.p.canary] if self.side == CANARY else []), 100)
        yield self.facade_fails()

    def feature_by_feature(self) -> Work[None]:
        for feature in self.p.in_order:
            yield from self.labour((self.p.build_days + self.p.seam_days) * DAY_US)
            self.switch([feature], 100)
        yield from self.labour(WATCH_US)
        self.note("end")

    def all_at_once(self, *percents: int) -> Work[None]:
        """Of all features at first so many per cent of the requests, at last all."""
        yield from self.labour(len(FEATURES) * self.p.build_days * DAY_US)
        for percent in percents:
            self.switch([*FEATURES], percent)
            yield from self.labour(WATCH_US)
        self.note("end")

    def labour(self, takes_us: int) -> Work[None]:
        """The team works for so long, or watches; every alarm interrupts it."""
        while takes_us > 0:
            since_us = self.world.now_us
            is_alarm = yield from self.traffic(since_us + takes_us)
            takes_us -= self.world.now_us - since_us
            if is_alarm:
                yield from self.turn_back()

    def turn_back(self) -> Work[None]:
        """Restore the former routes, repair what has been seen, and try again."""
        back = self.to_take_back()
        self.note("alarm", back)
        yield from self.traffic(self.world.now_us + self.p.rollback_s * SECOND_US, is_watched=False)
        found, former = self.found(), {feature: self.facade.percent[feature] for feature in back}
        self.most_back = max(self.most_back, self.facade.moved((*back,)))
        self.switch(back, 0, "back")
        self.shown, found_us = [], self.world.now_us
        for defect in found:
            if defect not in self.open:  # an alarm during another repair had it repaired already
                continue
            yield from self.labour(self.p.repair_days * DAY_US)
            if defect in self.open:
                self.open.remove(defect)
                self.waited_us += self.world.now_us - found_us
        self.note("repaired", back)
        for percent in sorted({*former.values()}):
            self.switch([feature for feature in back if former[feature] == percent], percent)

    def to_take_back(self) -> list[int]:
        """All that has moved, unless each feature has a route of its own: then those that a seen defect can harm."""
        moved = [feature for feature in FEATURES if self.facade.percent[feature]]
        if self.side != WITH:
            return moved
        return [feature for feature in moved if any(feature in harm.defect.features for harm in self.shown)]

    def found(self) -> list[Defect]:
        seen = [*dict.fromkeys(harm.defect for harm in self.shown)]
        return seen if self.p.finds == "all" else seen[:1]

    def switch(self, features: list[int], percent: int, what: Kind = "route") -> None:
        self.facade.route(features, percent)
        self.switched_us = self.world.now_us
        for feature in features:
            self.routed_us[feature] = self.world.now_us
        touched = {feature for defect in self.open for feature in defect.features}
        self.most_exposed = max(self.most_exposed, self.facade.moved((*touched,)))
        self.note(what, features)

    def traffic(self, until_us: int, *, is_watched: bool = True) -> Work[bool]:
        """Requests come and meet defects; True as soon as the alarm rings, at the latest at ``until_us``."""
        exposed = self.exposed()
        rate = sum(per_second for per_second, _, _ in exposed)
        while True:
            now_us, alarm_us = self.world.now_us, self.alarm_us() if is_watched else NEVER
            end_us = min(until_us, alarm_us)
            next_us = now_us + ceil(self.ahead / rate) if rate else NEVER
            if next_us >= end_us:
                # The wait goes on, at whatever the rate is then.
                self.ahead -= (end_us - now_us) * rate
                yield self.world.timeout(end_us - now_us)
                return end_us == alarm_us
            yield self.world.timeout(next_us - now_us)
            self.harm(exposed, rate)

    def exposed(self) -> list[tuple[float, Defect, int]]:
        """How many requests a second each defect harms in each feature, as it is routed now."""
        by_facade = 1 - (self.p.bypass / 100 if self.side == WITH else 0)
        found = []
        for defect in self.open:
            reach = 1 if defect.is_of_seam else by_facade
            for feature in defect.features:
                if moved := self.facade.moved((feature,)):
                    found.append((self.p.rate * moved * reach * defect.share, defect, feature))
        return found

    def harm(self, exposed: list[tuple[float, Defect, int]], rate: float) -> None:
        """The next bad request comes; its mark says which defect it meets, by how often each is met."""
        left = self.load.bad[self.met % len(self.load.bad)].mark * rate
        met = iter(exposed)
        per_second, defect, feature = next(met)
        while left >= per_second:
            left -= per_second
            per_second, defect, feature = next(met)
        self.harms.append(Harm(self.world.now_us, defect, feature))
        self.shown.append(self.harms[-1])
        self.met += 1
        self.ahead = self.load.bad[self.met % len(self.load.bad)].wait_us

    def alarm_us(self) -> int:
        if not self.shown:
            return NEVER
        if self.p.detection == "errors":
            return self.world.now_us if len(self.shown) >= self.p.errors else NEVER
        return max(self.world.now_us, self.switched_us + self.p.detect_s * SECOND_US)

    def facade_fails(self) -> Work[None]:
        yield self.world.timeout(self.load.facade_down_us)
        if self.side != WITHOUT and self.is_joined:
            self.harms += [Harm(self.world.now_us + one, FACADE, 0) for one in self.load.turned_away_us]

    @property
    def is_joined(self) -> bool:
        """Whether both systems serve users now, or may have to again."""
        return bool(self.turns) and self.turns[-1].what != "end"

    def note(self, what: Kind, features: list[int] | None = None) -> None:
        self.turns.append(Turn(self.world.now_us, what, self.facade.moved(), (*(features or ()),)))
