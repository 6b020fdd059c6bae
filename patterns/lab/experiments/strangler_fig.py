"""Strangler fig: how many requests a defect harms while an old system is replaced by a new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

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
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import DAY_US, MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.strangler_fig import (
    CANARY,
    FACADE,
    FEATURES,
    WATCH_US,
    WRITES,
    Facade,
    Migration,
    MigrationSettings,
    Turn,
)
from patterns.lab.trace import DAYS, SECONDS, Failure, Message, Sample, Series, Trace

FIRST_S = 600  # seconds after the first switch that a chart shows
MOST_SAMPLES = 280
HARM_SHARE = 2.5e-8  # three or four of the requests of some months: fewer are not worth naming

THINNING = (
    "Thinning of a Poisson process: K. Siegrist, Random, The Poisson Process; S. M. Ross, Stochastic Processes, 1983"
)
COUNTED = (
    "Requests arrive as a Poisson process, and the defect is common to the new system. The alarm rings at the k-th "
    "request that is harmed, however long that takes; until the routes are restored, the rest go on being harmed."
)


def counted_law(side: str, name: str, slice_share: float, order: Literal["smallest", "largest"] = "smallest") -> Law:
    p = MigrationSettings(order=order)
    return Law(
        name=name,
        formula=(
            "E[harmed] = k + λ · s · q · R: the alarm takes k harmed requests at any size of the slice s; "
            "in the rollback, which takes R, a share q of the λ · s requests a second is harmed"
        ),
        assumptions=COUNTED,
        source=THINNING,
        parameters=p,
        side=side,
        figure="harmed",
        expected=p.errors + p.rate * slice_share * p.failing / 100 * p.rollback_s,
    )


def timed_law(name: str, p: MigrationSettings, side: str, share: float) -> Law:
    return Law(
        name=name,
        formula=(
            "E[harmed] = λ · s · q · (D + R): for the time D until somebody looks and the time R of the rollback, "
            "a share q of the requests to the slice s is harmed; the slices of defects that do not overlap add up"
        ),
        assumptions="Requests arrive as a Poisson process, and each defect has harmed somebody before the alarm.",
        source=THINNING,
        parameters=p,
        side=side,
        figure="harmed",
        expected=p.rate * share * p.failing / 100 * (p.detect_s + p.rollback_s),
    )


LARGEST = MigrationSettings(detection="time", order="largest")
ALL_FAULTY = MigrationSettings(detection="time", defect="local", faulty=8)
ALL_SEEN = MigrationSettings(
    defect="local", faulty=8, failing=20, slices="equal", errors=50, rollback_s=120, build_days=1
)


def repair_law(side: str, name: str, expected: float) -> Law:
    return Law(
        name=name,
        formula=(
            "Σ waits = R · d(d + 1)/2 where all d defects are found at once, and d · R where each is found alone: "
            "one team repairs one defect after the other, each in R days"
        ),
        assumptions="Every defect has shown itself by the end of the rollback; every repair takes as long.",
        source="Arithmetic: the sum of the completion times of equal jobs on one machine",
        parameters=ALL_SEEN,
        side=side,
        figure="waiting_days",
        expected=expected,
        statistic=Statistic.EXACT,
    )


@dataclass(frozen=True)
class CutOver(Parameters):
    """A reader's own switch to something new that has a defect."""

    your_rate: int = integer(20, 1, 100_000, name="Requests", unit="a second")
    your_failing: int = integer(5, 1, 100, name="Harmed by the defect", unit="%", about="Of the requests that meet it.")
    your_rollback_s: int = integer(60, 1, 86_400, name="Rollback", unit="s", about="From the alarm on.")


def harm_of_slices(own: CutOver) -> str:
    in_rollback = own.your_rate * own.your_failing / 100 * own.your_rollback_s
    one, few, whole = (10 + share * in_rollback for share in (0.04, 0.3, 1))
    return (
        f"With an alarm at the tenth harmed request, the defect harms {whole:,.0f} requests if all is switched at "
        f"once, {few:,.0f} with a slice of 30 % and {one:,.0f} with one of 4 %. "
        f"Ten of them are the price of noticing, whatever the slice."
    )


class StranglerFig(SystemExperiment[Migration]):
    slug = "strangler-fig-pattern"
    title = "The new system has a defect"
    question = (
        "An old system is replaced while it is in use, and the new code has a defect. "
        "How many requests are harmed before all has moved?"
    )
    system = Migration
    parameters = MigrationSettings
    mechanism = (Facade, Migration.feature_by_feature, Migration.turn_back, Migration.to_take_back)
    sides = (
        Side(WITHOUT, "Big bang", "in a big bang"),
        Side(WITH, "Strangler fig", "feature by feature"),
        Side(CANARY, "Big bang behind a canary", "behind a canary"),
    )
    metrics = (
        Metric(
            "harmed",
            "requests harmed",
            Unit.COUNT,
            Role.PRIMARY,
            "By a defect, past the façade or by the façade itself, until all has moved.",
            of="requests",
            smallest=HARM_SHARE,
        ),
        Metric(
            "exposed",
            "most traffic on a defective system at once",
            Unit.SHARE,
            Role.GAIN,
            "Share of all requests that are for a faulty feature and go to the new system.",
        ),
        Metric("most_back", "most traffic sent back at once", Unit.SHARE, Role.GAIN, "Share of all requests."),
        Metric("first_days", "days until a feature is in use for good", Unit.DAYS, Role.GAIN, "By all its users."),
        Metric("waiting_days", "days that known defects wait for repair", Unit.DAYS, Role.GAIN, "All together."),
        Metric("last_days", "days until all has moved for good", Unit.DAYS, Role.PRICE, "Building included."),
        Metric("rollbacks", "rollbacks", Unit.COUNT, Role.PRICE, "Of a slice, or of everything."),
        Metric("joined_days", "days with two systems", Unit.DAYS, Role.PRICE, "Until the last watch ends."),
        Metric(
            "hop_days",
            "waiting at the façade",
            Unit.DAYS,
            Role.PRICE,
            "Its hop, for all requests together.",
        ),
        Metric(
            "one_sided",
            "writes that one system alone has",
            Unit.COUNT,
            Role.PRICE,
            "At a time, over the whole migration: the other one gets them after the lag.",
        ),
    )
    presets = (
        Preset(
            "default",
            "A defect of the whole new system",
            "It harms one request in twenty, in whatever feature. The first slice brings it to light.",
            MigrationSettings(),
            Fault.CHANGE,
        ),
        Preset(
            "slow-alarm",
            "Nobody looks for five minutes",
            "The defect is found after a fixed time. Now the harm is as large as the slice.",
            MigrationSettings(detection="time"),
            Fault.CHANGE,
        ),
        Preset(
            "equal-slices",
            "Equal slices",
            "The first slice is an eighth of all requests: it learns sooner, and harms more.",
            MigrationSettings(slices="equal"),
            Fault.CHANGE,
        ),
        Preset(
            "hidden-defects",
            "Defects that hide each other",
            "Four features are faulty. When all go live at once, only the first defect is found in each try.",
            MigrationSettings(defect="local", finds="one"),
            Fault.CHANGE,
        ),
        Preset(
            "local-defects",
            "Defects that show at once",
            "Four features are faulty. One alarm shows nearly all of it, where the slices need an alarm for each.",
            MigrationSettings(defect="local"),
            Fault.CHANGE,
        ),
        Preset(
            "bypass",
            "Calls past the façade",
            "Two calls in five do not pass it. Their writes go to the old system, which no longer owns the data.",
            MigrationSettings(bypass=40),
            Fault.CHANGE,
        ),
        Preset(
            "no-defect",
            "A new system without a defect",
            "Nothing goes wrong. Only the price of moving slice by slice is left.",
            MigrationSettings(defect="none"),
            Fault.NONE,
        ),
    )
    laws = (
        counted_law(WITH, "An alarm at the k-th error, a slice of 4 %", 0.04),
        counted_law(WITH, "An alarm at the k-th error, a slice of 30 %", 0.30, "largest"),
        counted_law(WITHOUT, "An alarm at the k-th error, everything at once", 1.0),
        counted_law(CANARY, "An alarm at the k-th error, a canary of 5 %", 0.05),
        timed_law("An alarm after a fixed time, a slice of 30 %", LARGEST, WITH, 0.30),
        timed_law("Local defects and a fixed time, slice by slice", ALL_FAULTY, WITH, 1.0),
        timed_law("Local defects and a fixed time, everything at once", ALL_FAULTY, WITHOUT, 1.0),
        repair_law(WITHOUT, "Serial repair of defects found at once", 2 * 8 * 9 / 2),
        repair_law(WITH, "Serial repair of defects found one by one", 2 * 8),
    )
    knob = Knob("facade_down_s", (0, 1, 2, 3, 5, 10, 20))
    calculator = Calculator(
        "What would your switch harm?",
        CutOver,
        harm_of_slices,
        "By k + λ · s · q · R, for a defect of the whole new system; a canary of 4 % harms as few as a slice of 4 %.",
    )
    qualities = ("availability", "evolvability", "cost")
    fairness = (
        "All sides are built by one team in the same time, with the same defects; they have the same alarm, the same "
        "rollback and the same repairs, and the big bang keeps its way back open for a week as well. The team repairs "
        "every defect that has shown itself, even once, unless a situation says otherwise: that favours the big bang. "
        "A third side puts 5 % of the users on the whole new system first, and harms as few as the pattern."
    )
    assumptions = (
        "Requests arrive at random (a Poisson process), and each that meets a defect is harmed with the same chance.",
        "The alarm counts harmed requests on all sides. It never rings for nothing.",
        "A rollback restores the routes and waits for the last writes to be copied; until then, users are harmed.",
        "One team builds, repairs and watches. A repair holds up whatever it was building, and always succeeds.",
        "The façade is down only where a situation says so: what routes a big bang is in place on all sides.",
        "Calls past the façade come from inside the old system. They move with it when all moves at once. Slice by "
        "slice, their writes to what has moved are harmed, noticed like any other harm, and redirected like a repair.",
    )
    limits = (
        "A defect that shows only under the full load, or only where old and new features meet, is not among these.",
        "Reads past the façade see data that is behind by the lag. They are not counted.",
        "Why people start is left out: that results come early, and that the migration can be stopped half way.",
        "The estimate holds on all sides. In practice the big bang is the one whose end moves.",
    )

    def figures(self, migration: Migration) -> dict[str, float | None]:
        p, turns = migration.p, migration.turns
        joined_us = turns[-1].at_us - turns[0].at_us
        hop_ms = 0 if migration.side == WITHOUT else p.hop_ms
        spans = pairwise(turns)
        moved_us = sum((after.at_us - before.at_us) * before.moved for before, after in spans)
        return {
            "harmed": len(migration.harms),
            "requests": p.rate * horizon_days(p) * DAY_US // SECOND_US,
            "exposed": migration.most_exposed,
            "most_back": migration.most_back,
            "first_days": min(migration.routed_us) / DAY_US,
            "waiting_days": migration.waited_us / DAY_US,
            "last_days": max(migration.routed_us) / DAY_US,
            "rollbacks": sum(turn.what == "alarm" for turn in turns),
            "joined_days": joined_us / DAY_US,
            "hop_days": p.rate * joined_us / SECOND_US * hop_ms * MILLISECOND_US / DAY_US,
            "one_sided": p.rate * WRITES * p.lag_s * moved_us / turns[-1].at_us,
        }

    def structure(self, parameters: MigrationSettings, side: str) -> Structure:
        p, is_faulty = parameters, parameters.defect != "none"
        faults = {"platform": "one defect", "local": f"{p.faulty} faulty features", "none": "no defect"}[p.defect]
        what = {
            WITHOUT: ("Switch", "all features at once"),
            WITH: ("Façade", f"8 routes, {p.order} first"),
            CANARY: ("Switch", f"{p.canary} % of users, then all"),
        }[side]
        alarm = f"at error {p.errors}" if p.detection == "errors" else f"after {p.detect_s} s"
        parts = (
            Part("users", "Users", 0, f"{p.rate} requests a second", "client"),
            Part("facade", what[0], 1, what[1], is_broken=side != WITHOUT and p.facade_down_s > 0, is_new=side == WITH),
            Part("old", "Old system", 2, "8 features"),
            Part("new", "New system", 2, faults, is_broken=is_faulty),
            Part("alarm", "Alarm", 3, f"{alarm}, back in {p.rollback_s} s"),
        )
        wires = [
            Wire("users", "facade"),
            Wire("facade", "old"),
            Wire("facade", "new", is_broken=is_faulty),
            Wire("new", "old", f"copies, {p.lag_s} s behind", is_async=True),
            Wire("new", "alarm", "errors", is_async=True),
        ]
        if side == WITH and p.bypass:
            wires.append(Wire("users", "old", f"{p.bypass} % past the façade", is_broken=True))
        return Structure(parts, (*wires,))

    def failures(self, migration: Migration) -> tuple[Failure, ...]:
        p, found = migration.p, []
        if migration.load.defects:
            found.append(Failure("the new code has a defect", 0, horizon_days(p) * DAY_US))
        if migration.load.turned_away_us:
            found.append(self.facade_failure(migration))
        return (*found,)

    @staticmethod
    def facade_failure(migration: Migration) -> Failure:
        down_us = migration.load.facade_down_us
        return Failure(FACADE.name, down_us, down_us + migration.p.facade_down_s * SECOND_US)

    def series(self, migration: Migration) -> tuple[Series, ...]:
        p, turns = migration.p, migration.turns
        step = -(-horizon_days(p) // MOST_SAMPLES)
        days = range(0, horizon_days(p) + step, step)
        moved = tuple(Sample(day * DAY_US, 100 * moved_by(turns, day * DAY_US)) for day in days)
        at_us = sorted(harm.at_us for harm in migration.harms)
        harmed = tuple(Sample(day * DAY_US, sum(at <= day * DAY_US for at in at_us)) for day in days)
        since_us = turns[0].at_us
        seconds = range(0, FIRST_S + 1, 10)
        first = tuple(Sample(one * SECOND_US, sum(at <= since_us + one * SECOND_US for at in at_us)) for one in seconds)
        # The defect is there all the time: as a band in these charts it would say nothing.
        down = (self.facade_failure(migration),) if migration.load.turned_away_us else ()
        return (
            Series("moved", "Requests that the new system serves", "%", moved, DAYS, down),
            Series("harmed", "Requests harmed so far", "requests", harmed, DAYS, down),
            Series("first", "Harmed after the first switch", "requests", first, SECONDS, ()),
        )

    def narrate(self, trace: Trace, migration: Migration) -> None:
        for one in told(migration):
            trace.note(one.at_us, one.sender, one.receiver, one.text, one.kind)


def horizon_days(p: MigrationSettings) -> int:
    """Long enough for every side, save the unluckiest."""
    defects = {"platform": 1, "local": p.faulty, "none": 0}[p.defect] + (len(FEATURES) if p.bypass else 0)
    built = len(FEATURES) * (p.build_days + p.seam_days)
    return built + 2 * WATCH_US // DAY_US + defects * p.repair_days + 1


def moved_by(turns: list[Turn], at_us: int) -> float:
    """The share of all requests that the new system serves at an instant."""
    return next((turn.moved for turn in reversed(turns) if turn.at_us <= at_us), 0.0)


def told(migration: Migration) -> Iterator[Message]:
    """The turns of the migration, and of the requests harmed the first one after each switch."""
    router = "façade" if migration.side == WITH else "switch"
    harms = sorted(migration.harms, key=lambda harm: harm.at_us)
    for turn in migration.turns:
        much = f"{100 * turn.moved:.3g} % of all requests"
        if turn.what == "route":
            yield Message(turn.at_us, "team", router, f"{which(turn)}: new system, {much}")
            first = next((harm for harm in harms if harm.at_us > turn.at_us), None)
            if first and first.at_us - turn.at_us < DAY_US:
                harmer = router if first.defect is FACADE else "old system" if first.defect.is_of_seam else "new system"
                yield Message(first.at_us, harmer, "users", f"harmed: {first.defect.name}", "fail")
        elif turn.what == "alarm":
            yield Message(turn.at_us, "alarm", "team", f"{which(turn)}: take back", "event")
        elif turn.what == "back":
            yield Message(turn.at_us, router, "users", f"{which(turn)}: old system", "reply")
        elif turn.what == "repaired":
            yield Message(turn.at_us, "team", "new system", "repaired", "store")
        else:
            yield Message(turn.at_us, "team", "old system", "switch off", "event")


def which(turn: Turn) -> str:
    if len(turn.features) == len(FEATURES):
        return "all features"
    return "feature " + ", ".join(str(one + 1) for one in turn.features)
