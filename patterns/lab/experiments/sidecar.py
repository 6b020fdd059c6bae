"""Sidecar: how long services stay without a fix of the code that they share, and what a proxy beside each costs."""

from dataclasses import dataclass

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
from patterns.lab.measure import mean, median, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import DAY_US, MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.proxies import RequestEnd, Sidecar
from patterns.lab.systems.sidecar import FORCED, Fleet, SidecarSettings
from patterns.lab.systems.spans import Span, joined, mean_open, total_us
from patterns.lab.trace import DAYS, Failure, Sample, Series, Trace, per_second

NEVER_MS = 10_000  # what a request that failed counts as: later than any that was answered
STEP_US = 30 * SECOND_US  # of the chart of requests
STEPS = 200  # of the charts in days


def harmonic(count: int) -> float:
    return sum(1 / one for one in range(1, count + 1))


ROLL_OUT = Law(
    name="Time to replace the instances of a service",
    formula="⌈n/b⌉·t, for n instances of which b are replaced at once, and an instance that takes t to start",
    assumptions="Every instance starts, and none is replaced before the batch before it has started.",
    source="Arithmetic",
    parameters=SidecarSettings(services=4, batch=2, watched_min=1),
    side=WITH,
    figure="rollout_s",
    expected=3 * 15,
    statistic=Statistic.EXACT,
)
SLOWEST_TEAM = Law(
    name="Wait for the slowest team",
    formula="m·H(k), where H(k) = 1 + 1/2 + … + 1/k, for k teams that begin together and need m on average",
    assumptions="Teams work independently for exponential times; here ten languages with k = 10 services each.",
    source="The largest of k exponential times: A. Rényi, On the theory of order statistics, 1953",
    parameters=SidecarSettings(services=100, languages=10, replicas=1, start_s=1, watched_min=1),
    side=WITHOUT,
    figure="teams_days",
    expected=3 * harmonic(10),
)
HOPS = Law(
    name="Time that proxies add to a request",
    formula="2·h·c, for c calls in a row, each of which passes the proxies of caller and called, which take h each",
    assumptions="A proxy has no queue and takes the same time for every call. It holds for each answered request.",
    source="Arithmetic; that a call passes both: Istio documentation, Performance and Scalability",
    parameters=SidecarSettings(services=4, chain=5, watched_min=1),
    side=WITH,
    figure="overhead_ms",
    expected=2 * 0.5 * 5,
    statistic=Statistic.EXACT,
)
SERIES = Law(
    name="An application and a proxy in series",
    formula="A·P, where A and P = up / (up + down) are the shares of time in which each is up",
    assumptions="Both fail and recover independently, by turns, and have done so for ever; nobody tries again.",
    source="Alternating renewal processes in series: A. Birolini, Reliability Engineering, 2007",
    parameters=SidecarSettings(services=4, chain=1, app_up_min=1, proxy_up_min=1, proxy_down_s=15),
    side=WITH,
    figure="found_up",
    expected=(60 / 75) * (60 / 75),
)


@dataclass(frozen=True)
class YourServices(Parameters):
    your_services: int = integer(40, 2, 1000, name="Services, each with a team")
    your_team_days: int = integer(3, 1, 90, name="Days a team needs to release", about="On average.")
    your_calls: int = integer(3, 1, 50, name="Calls in a row that a request needs")


def slowest_and_hops(your: YourServices) -> str:
    slowest = your.your_team_days * harmonic(your.your_services)
    hops = 2 * your.your_calls
    return (
        f"With a library, the last of {your.your_services:,} services has a fix about {slowest:.1f} days after the "
        f"library has it. With sidecars, a request passes {hops} proxies instead, which add {hops * 0.5:g} ms if each "
        "takes half a millisecond."
    )


class SidecarPattern(SystemExperiment[Fleet]):
    slug = "sidecar-pattern"
    title = "Code that all services share has a security hole"
    question = "The hole is in every service, in every language. For how long does each stay without the fix?"
    system = Fleet
    parameters = SidecarSettings
    mechanism = (Sidecar, Fleet.patch, Fleet.restart, Fleet.roll_out)
    qualities = ("evolvability", "security", "latency")
    sides = (
        Side(WITHOUT, "A library in each language", "with libraries"),
        Side(WITH, "Sidecars", "with sidecars"),
        Side(FORCED, "Libraries, released by force", "with libraries released by force"),
    )
    metrics = (
        Metric(
            "unpatched",
            "days without the fix, of all services together",
            Unit.DAYS,
            Role.PRIMARY,
            "Counted from the day on which the hole is known. Ten services that wait for two days are twenty.",
            smallest=0.02,
        ),
        Metric("last", "days until the last service has the fix", Unit.DAYS, Role.GAIN, smallest=0.02),
        Metric(
            "work",
            "days of work to mend the shared code",
            Unit.DAYS,
            Role.GAIN,
            "For all copies together; releasing services is not part of it.",
            smallest=0.02,
        ),
        Metric(
            "failed",
            "requests that failed because something was down",
            Unit.SHARE,
            Role.PRICE,
            "A request fails if an application or a proxy that it needs is down. Nobody tries again.",
            smallest=0.005,
        ),
        Metric(
            "request_ms",
            "time of a request",
            Unit.MILLISECONDS,
            Role.PRICE,
            "Half of all take no longer; one that failed counts as later than all others.",
            smallest=0.005,
            never=NEVER_MS,
        ),
        Metric("memory", "megabytes of memory for proxies", Unit.COUNT, Role.PRICE, "One proxy for each instance."),
        Metric(
            "hit",
            "services that a broken fix took down",
            Unit.COUNT,
            Role.PRICE,
            "Until it is noticed in the first of them, and taken back in all.",
            smallest=0.01,
            of="services",
        ),
    )
    presets = (
        Preset(
            "default",
            "Forty services in four languages",
            "Each copy of the code takes five days to mend. Then forty teams release, or the platform restarts all.",
            SidecarSettings(),
            Fault.CHANGE,
        ),
        Preset(
            "forced",
            "A machine that releases libraries",
            "Compared with a bot that builds every service with the new library, and a platform that releases it. "
            "One build in ten fails its tests and waits for a team.",
            SidecarSettings(),
            Fault.CHANGE,
            against=FORCED,
        ),
        Preset(
            "teams",
            "Teams restart their instances",
            "The platform may not restart anything: a new proxy waits for the teams as a new library does. What is "
            "saved is to mend three copies of four.",
            SidecarSettings(owner="teams"),
            Fault.CHANGE,
        ),
        Preset(
            "one-team",
            "One team for all four libraries",
            "It mends one copy after the other, so that the last language waits for all others.",
            SidecarSettings(mending="one"),
            Fault.CHANGE,
        ),
        Preset(
            "small",
            "Three services, one language",
            "One copy of the code either way, and no platform team: there is nothing that a sidecar could save.",
            SidecarSettings(services=3, languages=1, owner="teams"),
            Fault.CHANGE,
        ),
        Preset(
            "long-chain",
            "Twenty calls in a row",
            "Every call passes two proxies, and each of them can be down when it is needed.",
            SidecarSettings(chain=20),
            Fault.CRASH,
        ),
        Preset(
            "broken-fix",
            "The fix is broken",
            "It takes down what it is released to, and is noticed after an hour. By then the platform has brought it "
            "to all services. The first language that is mended shows the others what is wrong, and early, where "
            "mending varies much.",
            SidecarSettings(fix="broken", varies="much"),
            Fault.CHANGE,
        ),
    )
    knob = Knob("team_days", (1, 2, 3, 5, 8, 13, 20, 30))
    calculator = Calculator(
        "How long for the last service, and how many proxies?",
        YourServices,
        slowest_and_hops,
        "Teams begin together and work independently, and a few of them need far longer than the average.",
    )
    laws = (ROLL_OUT, SLOWEST_TEAM, HOPS, SERIES)
    assumptions = (
        "Mending takes as long in a sidecar as in a library, here as in the library of the first language.",
        "A library reaches a service by a new build, which its team releases; a sidecar reaches it by a restart.",
        "All sides roll out alike: one service's instances in batches, and all services that are ready at once.",
        "Instances and proxies fail far more often than in practice, so that a quarter of an hour shows some of it.",
    )
    limits = (
        "A proxy takes a fixed time and no processor, so that overload of the proxies is not shown.",
        "The platform that restarts instances has to be built and run by somebody, which is not counted on any side.",
        "Versions of a library and of a sidecar work together at all times; in practice they have to be made so.",
    )
    fairness = (
        "A machine offers a new library to each service as soon as it is mended, and all languages are mended at the "
        "same time, by as many people as that takes. Roll-out and number of instances are the same. Who may restart "
        "instances holds for all sides; what remains is that a new library needs a new build of each service, which "
        "its team releases. A third side takes even that away."
    )

    def figures(self, system: Fleet) -> dict[str, float | None]:
        p, calls = system.p, system.calls
        patched_days = [at_us / DAY_US for at_us in system.patched_us.values()]
        answered = [end for end in calls.ends if end.fate == "answered"]
        overheads_us = [end.at_us - end.request.at_us - sum(end.request.works_us) for end in answered]
        return {
            "unpatched": sum(patched_days),
            "last": max(patched_days),
            "work": total_us(system.mends) / DAY_US,
            "failed": share(len(calls.ends) - len(answered), len(calls.ends)),
            "request_ms": median(request_ms(end) for end in calls.ends),
            "memory": p.services * p.replicas * p.memory_mb if system.side == WITH else 0,
            "hit": len(system.hit),
            "services": p.services,
            "rollout_s": max(until_us - from_us for from_us, until_us in system.rollouts) / SECOND_US,
            "teams_days": mean(self.release_days(system)),
            "overhead_ms": max(overheads_us, default=0) / MILLISECOND_US if answered else None,
            "found_up": share(calls.found_up, calls.visits),
        }

    @staticmethod
    def release_days(system: Fleet) -> list[float]:
        """From the mended code to its last service, for each code base."""
        return [
            (max(system.patched_us[one.number] for one in services) - system.mended_us[base]) / DAY_US
            for base, services in system.bases.items()
        ]

    def failures(self, system: Fleet) -> tuple[Failure, ...]:
        return (Failure("a hole is known, and nothing is mended yet", 0, max(1, min(system.load.mends_us[0]))),)

    def series(self, system: Fleet) -> tuple[Series, ...]:
        p = system.p
        mending_days = p.port_days * (p.languages if p.mending == "one" else 1)
        until_us = 4 * (mending_days + p.team_days) * DAY_US * (2 if p.fix == "broken" else 1)
        unpatched = [(0, at_us) for at_us in system.patched_us.values()]
        in_days = [("unpatched", "Services without the fix", unpatched)]
        if p.fix == "broken":
            in_days.append(("down", "Services that a broken fix has taken down", system.down))
        charts = [
            Series(key, name, "services", mean_open(spans, until_us=until_us, step_us=until_us // STEPS), clock=DAYS)
            for key, name, spans in in_days
        ]
        failed_us = [end.request.at_us for end in system.calls.ends if end.fate != "answered"]
        rates = per_second(failed_us, until_us=system.p.watched_us, step_us=STEP_US)
        a_minute = tuple(Sample(one.at_us, one.value * 60) for one in rates)
        broken = self.outages(system)
        return (*charts, Series("failed", "Requests that failed", "a minute", a_minute, failures=broken))

    @staticmethod
    def outages(system: Fleet) -> tuple[Failure, ...]:
        """Of the instances on the way of the requests, while requests come."""

        def spans(downs: list[list[list[Span]]]) -> list[Span]:
            every = (span for service in downs for instance in service for span in instance)
            return joined((from_us, min(until_us, system.p.watched_us)) for from_us, until_us in every)

        return (
            *(Failure("an application is down", *span) for span in spans(system.load.apps_down)),
            *(Failure("a proxy is down, if there are any", *span) for span in spans(system.load.proxies_down)),
        )

    def narrate(self, trace: Trace, system: Fleet) -> None:
        """A call that a proxy fails, if one does; then how the fix came to the first and to the last service."""
        failed = next((end for end in system.calls.ends if end.fate == "proxy down"), None)
        if failed:
            trace.note(failed.at_us, "service", "proxy", "call")
            trace.note(failed.at_us, "proxy", "service", "proxy is down", "fail")
        keeper = "proxy team" if system.side == WITH else "library teams"
        trace.note(0, "security", keeper, "there is a hole", "event")
        if system.hit:
            noticed_us = system.hit[0][1] + system.p.notice_us
            trace.note(system.hit[0][1], keeper, "services", "fix", "event")
            trace.note(noticed_us, "services", keeper, f"the fix is broken, and {len(system.hit)} are down", "fail")
            trace.note(noticed_us, keeper, "services", "the version before", "event")
        for find in (min, max):
            base, mended_us = find(system.mended_us.items(), key=lambda one: one[1])
            text = "proxy is mended" if system.side == WITH else f"library {base + 1} is mended"
            if find is min or len(system.mended_us) > 1:
                trace.note(mended_us, keeper, keeper, text, "event")
        for find, which in ((min, "first"), (max, "last")):
            number, patched_us = find(system.patched_us.items(), key=lambda one: (one[1], one[0]))
            starter = f"team {number + 1}" if system.is_by_team(number) else "platform"
            trace.note(patched_us - system.p.rollout_us, starter, "services", f"service {number + 1}", "event")
            trace.note(patched_us, "services", starter, f"has the fix, the {which} to get it", "reply")

    def structure(self, parameters: SidecarSettings, side: str) -> Structure:
        p = parameters
        services = Part("services", f"{p.services} services", 2, f"{p.replicas} instances each")
        teams = Part("teams", f"{p.services} teams", 1, f"{p.team_days} days to release", "client")
        if side == WITH:
            image = Part("code", "Proxy code", 0, f"{p.port_days} days to mend", is_broken=True, is_new=True)
            note = f"{p.services * p.replicas:,}, {p.memory_mb} MB each"
            proxies = Part("proxies", "Proxies", 3, note, is_new=True)
            platform = Part("platform", "Platform", 1, f"{p.start_s} s an instance", is_new=True)
            owner = platform if p.owner == "platform" else teams
            path = Wire("code", owner.key, is_async=True), Wire(owner.key, "proxies", "restarts", is_async=True)
            passed = Wire("services", "proxies", f"+{p.hop_us / 500:g} ms a call")
            return Structure((image, owner, services, proxies), (*path, passed))
        code = Part("code", f"{p.languages} libraries", 0, f"{p.port_days} days to mend one", is_broken=True)
        released = Wire("teams", "services", "release", is_async=True)
        if side == WITHOUT or p.owner == "teams":
            return Structure((code, teams, services), (Wire("code", "teams", is_async=True), released))
        bot = Part("bot", "Build bot", 1, f"{p.breaks} % of builds fail", is_new=True)
        path = Wire("code", "bot", is_async=True), Wire("bot", "services", "releases", is_async=True)
        return Structure((code, bot, teams, services), (*path, Wire("bot", "teams", "fails", is_async=True), released))


def request_ms(end: RequestEnd) -> float:
    return (end.at_us - end.request.at_us) / MILLISECOND_US if end.fate == "answered" else NEVER_MS
