"""Sidecar: a security fix in code that all services share has to reach every one of them.

As a library, the code exists once in each language: each copy is mended, and then each service is built and released
anew. As a sidecar it exists once, and whoever may restart instances brings it out. On the third side the platform
builds and releases services with the new library by force, as far as their tests pass. Mending and releasing take
days; the calls that pay for the proxies take milliseconds, and are watched for a quarter of an hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.lab.experiment import WITH, WITHOUT
from patterns.lab.parameters import Parameters, choice, integer, law_only
from patterns.lab.simulation import DAY_US, MILLISECOND_US, MINUTE_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.proxies import CallChain, ChainRequest, Instance, Sidecar, turns
from patterns.lab.systems.spans import Span

FORCED = "forced"
HOUR_US = DAY_US // 24
BUILD_US = HOUR_US  # that a service is built and tested, where a machine does it
WORK_US = 20 * MILLISECOND_US  # of one service for one request, on average
CALLS_PER_SECOND = 0.5


@dataclass(frozen=True)
class SidecarSettings(Parameters):
    services: int = integer(40, 1, 120, name="Services")
    languages: int = integer(4, 1, 10, name="Languages", about="The library exists once in each.")
    replicas: int = integer(5, 1, 10, name="Instances", unit="a service")
    port_days: int = integer(5, 1, 30, name="Mending one copy", unit="days", about="On average.")
    varies: Literal["little", "much"] = choice(
        "little", name="That varies", little="From half to one and a half", much="Exponentially", about="By language."
    )
    mending: Literal["parallel", "one"] = choice(
        "parallel", name="Copies are mended", parallel="All at once", one="By one team, one after the other"
    )
    team_days: int = integer(3, 1, 30, name="A team needs", unit="days", about="On average, to release its service.")
    owner: Literal["platform", "teams"] = choice(
        "platform", name="Instances are restarted by", platform="The platform", teams="The team of the service"
    )
    breaks: int = integer(
        10, 0, 100, step=5, name="Builds that fail", unit="%", about="Third side: these wait for their team."
    )
    soak_h: int = integer(
        0, 0, 72, name="The first service is watched for", unit="hours", about="Before the platform goes on."
    )
    batch: int = integer(1, 1, 10, name="Instances replaced at once", about="Of one service.")
    start_s: int = integer(15, 1, 120, name="Start of an instance", unit="s")
    fix: Literal["good", "broken"] = choice("good", name="The first fix", good="Works", broken="Takes services down")
    notice_h: int = integer(1, 1, 48, name="A broken fix is noticed after", unit="hours", about="In the first service.")
    chain: int = integer(3, 1, 20, name="Calls in a row", about="That one request needs.")
    hop_us: int = integer(500, 0, 5000, step=100, name="A proxy adds", unit="µs", about="To each call; two are passed.")
    memory_mb: int = integer(50, 5, 500, step=5, name="Memory of a proxy", unit="MB")
    app_up_min: int = integer(30, 1, 240, name="An instance fails every", unit="minutes", about="On average.")
    proxy_up_min: int = integer(20, 1, 240, name="A proxy fails every", unit="minutes", about="On average.")
    proxy_down_s: int = integer(5, 1, 60, name="A proxy is down for", unit="s", about="On average.")

    watched_min: int = law_only(15)  # requests come so long

    @property
    def watched_us(self) -> int:
        return self.watched_min * MINUTE_US

    @property
    def notice_us(self) -> int:
        return self.notice_h * HOUR_US

    @property
    def rollout_us(self) -> int:
        """Of one service."""
        return -(-self.replicas // self.batch) * self.start_s * SECOND_US


@dataclass(frozen=True, slots=True)
class Service:
    """With what its team will need for the first fix, and for the second where that is wanted."""

    number: int
    language: int
    team_us: tuple[int, int]
    is_build_broken: tuple[bool, bool]


@dataclass(frozen=True)
class FleetLoad:
    services: list[Service]
    mends_us: tuple[tuple[int, ...], tuple[int, ...]]  # of the first and of the second fix, by language
    requests: list[ChainRequest]
    apps_down: list[list[list[Span]]]  # by service of the chain and instance
    proxies_down: list[list[list[Span]]]


def mend_us(stream: Stream, usual_us: int, varies: str) -> int:
    """One draw either way, with the same mean."""
    # Little by default: an exponential draw for the only sidecar varies so much that few runs show nothing but it.
    return stream.exponential_us(usual_us) if varies == "much" else usual_us // 2 + stream.uniform_us(usual_us)


class Fleet(System[SidecarSettings, FleetLoad]):
    """All services, whoever mends the shared code, and whoever releases it."""

    def __init__(self, p: SidecarSettings, load: FleetLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        ways = {WITHOUT: self.release_by_team, WITH: self.restart, FORCED: self.build_by_machine}
        self.release = self.release_by_team if p.owner == "teams" else ways[side]
        # The services of each code base, by its language: the sidecar is written in the first, for all of them.
        self.bases: dict[int, list[Service]] = {}
        for service in load.services:
            self.bases.setdefault(0 if side == WITH else service.language, []).append(service)
        self.attempt = 0  # the fix that is brought out now
        self.mends: list[Span] = []
        self.mended_us: dict[int, int] = {}  # by code base, the fix that stayed
        self.patched_us: dict[int, int] = {}  # by service, as well
        self.hit: list[tuple[Service, int]] = []  # by a broken fix
        self.down: list[Span] = []
        self.rollouts: list[Span] = []
        apps = [[Instance(spans) for spans in service] for service in load.apps_down]
        hop_us = p.hop_us if side == WITH else 0
        sidecars = [[Sidecar(self.world, Instance(spans), hop_us) for spans in one] for one in load.proxies_down]
        self.calls = CallChain(self.world, apps, sidecars if side == WITH else [])

    @classmethod
    def draw(cls, p: SidecarSettings, seed: int) -> FleetLoad:
        mend, team, build, pick, work = (Stream(seed, purpose) for purpose in ("mend", "team", "build", "pick", "work"))
        services = [
            Service(
                number,
                number % p.languages,
                (team.exponential_us(p.team_days * DAY_US), team.exponential_us(p.team_days * DAY_US)),
                (build.chance(p.breaks / 100), build.chance(p.breaks / 100)),
            )
            for number in range(p.services)
        ]
        first, second = (
            tuple(mend_us(mend, p.port_days * DAY_US, p.varies) for _ in range(p.languages)) for _ in range(2)
        )
        chain = range(p.chain + 1)
        requests = [
            ChainRequest(
                at_us,
                tuple(pick.index(p.replicas) for _ in chain),
                tuple(work.exponential_us(WORK_US) for _ in chain),
            )
            for at_us in Stream(seed, "requests").arrivals_us(per_second=CALLS_PER_SECOND, until_us=p.watched_us)
        ]
        downs = [
            [
                [
                    turns(stream, up_us=up_min * MINUTE_US, down_us=down_s * SECOND_US, until_us=p.watched_us)
                    for _ in range(p.replicas)
                ]
                for _ in chain
            ]
            for stream, up_min, down_s in (
                (Stream(seed, "applications"), p.app_up_min, p.start_s),
                (Stream(seed, "proxies"), p.proxy_up_min, p.proxy_down_s),
            )
        ]
        return FleetLoad(services, (first, second), requests, *downs)

    def processes(self) -> Iterator[Work[None]]:
        yield self.calls.arrivals(self.load.requests)
        self.bring_out(0)

    def bring_out(self, attempt: int) -> None:
        """Begin to mend every code base, and to release what is mended."""
        self.attempt, begins_us = attempt, self.world.now_us
        for base in self.bases:
            ends_us = begins_us + self.load.mends_us[attempt][base]
            self.mends.append((begins_us, ends_us))
            self.world.process(self.mend(base, attempt, ends_us))
            if self.p.mending == "one":
                begins_us = ends_us

    def mend(self, base: int, attempt: int, ends_us: int) -> Work[None]:
        yield self.world.timeout(ends_us - self.world.now_us)
        if attempt == self.attempt:
            self.mended_us[base] = self.world.now_us
            for index, service in enumerate(self.bases[base]):
                self.world.process(self.patch(service, attempt, is_first=index == 0))

    def patch(self, service: Service, attempt: int, *, is_first: bool) -> Work[None]:
        yield from self.release(service, attempt, is_first)
        if attempt == self.attempt:  # nobody goes on with a fix that is known to be broken
            yield from self.roll_out()
        if attempt != self.attempt:
            return
        if self.p.fix == "good" or attempt == 1:
            self.patched_us[service.number] = self.world.now_us
            return
        self.hit.append((service, self.world.now_us))
        if len(self.hit) == 1:
            self.world.process(self.notice())

    def release_by_team(self, service: Service, attempt: int, is_first: bool) -> Work[None]:
        yield self.world.timeout(service.team_us[attempt])

    def restart(self, service: Service, attempt: int, is_first: bool) -> Work[None]:
        """The application stays as it is, so its team need not release it: the platform may simply restart it."""
        yield self.world.timeout(0 if is_first else self.p.soak_h * HOUR_US)

    def build_by_machine(self, service: Service, attempt: int, is_first: bool) -> Work[None]:
        """The same for a library, as far as a service with the new one passes its tests."""
        yield self.world.timeout(BUILD_US)
        way = self.release_by_team if service.is_build_broken[attempt] else self.restart
        yield from way(service, attempt, is_first)

    def is_by_team(self, number: int) -> bool:
        """Whether the fix that stayed came to a service by a release of its team."""
        is_left_to_team = self.side == FORCED and self.load.services[number].is_build_broken[self.attempt]
        return is_left_to_team or self.release == self.release_by_team

    def roll_out(self) -> Work[None]:
        """Replace the instances of one service, a batch after the other."""
        begins_us, left = self.world.now_us, self.p.replicas
        while left > 0:
            yield self.world.timeout(self.p.start_s * SECOND_US)
            left -= self.p.batch
        self.rollouts.append((begins_us, self.world.now_us))

    def notice(self) -> Work[None]:
        """The broken fix is taken back everywhere, and another one is begun."""
        yield self.world.timeout(self.p.notice_us)
        now_us = self.world.now_us
        self.mends = [(begins_us, min(ends_us, now_us)) for begins_us, ends_us in self.mends if begins_us < now_us]
        for _, hit_us in self.hit:
            self.world.process(self.roll_back(hit_us))
        self.bring_out(1)

    def roll_back(self, hit_us: int) -> Work[None]:
        yield from self.roll_out()
        self.down.append((hit_us, self.world.now_us))
