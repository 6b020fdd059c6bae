"""Microservices: a product of modules, run as one process, as one process for each module, or as many of the whole.

A fault in a module stops the process that holds it, and with it all other modules in there; a fault of a host stops
one process. A request is for a feature, which needs some modules one after the other: each calls the next and waits for
its answer. Inside a process that costs nothing, between two it takes a hop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from patterns.lab.experiment import WITH
from patterns.lab.parameters import Parameters, choice, integer, law_only
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.outages import Downtime, all_down, downtime, faults_us
from patterns.lab.systems.station import Outage

REPLICATED = "replicated"
LEAKY = 0  # the module that fails more often than the others
LOTS = 720_720  # divisible by all numbers of copies up to 16: each of those that run is chosen as often
HOUR_US = 3600 * SECOND_US


@dataclass(frozen=True)
class ProductSettings(Parameters):
    modules: int = integer(6, 2, 8, name="Modules", about="As many features begin, each at a module of its own.")
    touches: int = integer(
        2, 1, 8, name="Modules that a feature needs", about="One after the other; at most all there are."
    )
    rate: int = integer(2, 1, 5, name="Requests", unit="a second", about="Each is for one feature.")
    fault_s: int = integer(2000, 100, 9000, step=100, name="A module fails every", unit="s", about="On average.")
    leaky_s: int = integer(
        200, 50, 9000, step=50, name="The leaky module fails every", unit="s", about="The first one, on average."
    )
    host_h: int = integer(5, 1, 100, name="A host fails every", unit="h", about="Each process has one of its own.")
    repair_s: int = integer(30, 1, 60, name="A process is back after", unit="s")
    shared: int = integer(
        0, 0, 100, step=10, name="Faults that stop all copies at once", unit="%", about="Of the faults in modules."
    )
    copies: int = integer(1, 1, 2, name="Copies", about="Of each thing that is deployed; the monolith is one thing.")
    cut: Literal["each", "leaky"] = choice(
        "each", name="Services", each="One for each module", leaky="The leaky module, and all the rest"
    )
    hop_ms: int = integer(2, 0, 200, name="Call between processes", unit="ms", about="There and back.")
    work_ms: int = integer(20, 5, 50, step=5, name="Work in a module", unit="ms", about="On average.")
    deadline_ms: int = integer(500, 100, 2000, step=100, name="Deadline", unit="ms", about="Later is too late.")
    horizon_s: int = law_only(1200)

    @property
    def end_us(self) -> int:
        return self.horizon_s * SECOND_US

    @property
    def repair_us(self) -> int:
        return self.repair_s * SECOND_US

    @property
    def services(self) -> list[range]:
        """The modules of each service."""
        if self.cut == "leaky":
            return [range(1), range(1, self.modules)]
        return [range(module, module + 1) for module in range(self.modules)]

    def chain(self, feature: int) -> list[int]:
        """The modules that a feature needs, in their order."""
        return [(feature + step) % self.modules for step in range(min(self.touches, self.modules))]


@dataclass(frozen=True, slots=True)
class FeatureRequest:
    at_us: int
    feature: int
    works_us: tuple[int, ...]  # in each module of its chain
    lot: int  # decides which of the copies that run is asked


@dataclass(frozen=True)
class ProductLoad:
    """``own_us[module][copy]`` and ``hosts_us[process]`` stop one copy, ``shared_us[module]`` every copy."""

    requests: list[FeatureRequest]
    own_us: list[list[list[int]]]
    shared_us: list[list[int]]
    hosts_us: list[list[int]]

    def downtime(self, p: ProductSettings, modules: range, copy: int, host: int) -> Downtime:
        """Of one process that holds these modules."""
        faults = [self.hosts_us[host], *(self.own_us[one][copy] for one in modules)]
        return downtime([*faults, *(self.shared_us[one] for one in modules)], p.repair_us)


class Deployable:
    """Modules that are deployed together: in one process, and in as many copies of it as there are."""

    def __init__(self, name: str, modules: range, copies: list[Downtime]) -> None:
        self.name, self.modules, self.copies = name, modules, copies
        self.downtime = all_down(copies)

    def running(self, at_us: int, lot: int) -> Downtime | None:
        """One of the copies that run, as a load balancer that sees at once who does would choose it."""
        running = [copy for copy in self.copies if not copy.is_down(at_us)]
        return running[lot % len(running)] if running else None


@dataclass(frozen=True)
class Crash:
    """A process that was stopped; ``module`` is the one at fault, or None where it was the host."""

    outage: Outage
    process: str
    module: int | None


@dataclass(frozen=True, slots=True)
class FeatureEnd:
    """What became of a request, when, in whose hands, and how often it went from one process to another."""

    request: FeatureRequest
    fate: Literal["answered", "late", "down", "crashed"]
    at_us: int
    place: Deployable
    hops: int


class Product(System[ProductSettings, ProductLoad]):
    """All modules, however they are deployed. Nobody waits for a worker, so a request is reckoned when it comes."""

    def __init__(self, p: ProductSettings, load: ProductLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.deployables = self.deploy()
        self.home = {module: one for one in self.deployables for module in one.modules}
        self.chains = [p.chain(feature) for feature in range(p.modules)]
        self.hop_us = p.hop_ms * MILLISECOND_US // 2  # one way
        self.ends: list[FeatureEnd] = []

    def deploy(self) -> list[Deployable]:
        """One process for each service, or processes of the whole: as few as there are copies, or just as many."""
        p = self.p
        groups = p.services if self.side == WITH else [range(p.modules)]
        count = p.copies * len(p.services) if self.side == REPLICATED else p.copies
        deployables = []
        for number, modules in enumerate(groups):
            copies = [self.load.downtime(p, modules, copy, number * count + copy) for copy in range(count)]
            name = f"service {number + 1}" if self.side == WITH else "monolith"
            deployables.append(Deployable(name, modules, copies))
        return deployables

    @classmethod
    def draw(cls, p: ProductSettings, seed: int) -> ProductLoad:
        feature, work, lot = (Stream(seed, purpose) for purpose in ("feature", "work", "lot"))
        length, mean_us = len(p.chain(0)), p.work_ms * MILLISECOND_US
        requests = [
            FeatureRequest(
                at_us,
                feature.index(p.modules),
                tuple(work.exponential_us(mean_us) for _ in range(length)),
                lot.index(LOTS),
            )
            for at_us in Stream(seed, "arrivals").arrivals_us(per_second=p.rate, until_us=p.end_us)
        ]

        def faults(purpose: str, every_us: float) -> list[int]:
            return faults_us(Stream(seed, purpose), every_us=every_us, repair_us=p.repair_us, until_us=p.end_us)

        # As many processes as any side has, drawn for all: what hits the first copy is the same everywhere.
        count = p.copies * p.modules
        every_us = [(p.fault_s if module != LEAKY else p.leaky_s) * SECOND_US for module in range(p.modules)]
        own, shared = 1 - p.shared / 100, p.shared / 100
        return ProductLoad(
            requests,
            [
                [faults(f"module {module}, copy {copy}", mean / own if own else 0) for copy in range(count)]
                for module, mean in enumerate(every_us)
            ],
            [
                faults(f"module {module}, all copies", mean / shared if shared else 0)
                for module, mean in enumerate(every_us)
            ],
            [faults(f"host {host}", p.host_h * HOUR_US) for host in range(count)],
        )

    def crashes(self) -> list[Crash]:
        """In their order, from time zero on."""
        load, found = self.load, list[Crash]()
        for one in self.deployables:
            for copy, process in enumerate(one.copies):
                name = f"{one.name} {copy + 1}" if len(one.copies) > 1 else one.name
                for outage in process.outages:
                    at_us = outage.from_us
                    causes = (m for m in one.modules if at_us in load.own_us[m][copy] or at_us in load.shared_us[m])
                    if at_us >= 0:
                        found.append(Crash(outage, name, next(causes, None)))
        return sorted(found, key=lambda crash: crash.outage.from_us)

    def features_down(self, at_us: int) -> int:
        """How many features need something of which no copy runs."""
        down = {module for one in self.deployables if one.downtime.is_down(at_us) for module in one.modules}
        return sum(not down.isdisjoint(chain) for chain in self.chains)

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()

    def arrivals(self) -> Work[None]:
        for request in self.load.requests:
            yield self.world.timeout(request.at_us - self.world.now_us)
            self.ends.append(self.answer(request))

    def answer(self, request: FeatureRequest) -> FeatureEnd:
        """Module calls module, and each that waits for an answer has to live until it has passed it on."""
        at_us, asked = request.at_us, list[tuple[Deployable, Downtime, int]]()
        for module, work_us in zip(self.chains[request.feature], request.works_us, strict=True):
            place = self.home[module]
            if not asked or place is not asked[-1][0]:
                at_us += self.hop_us if asked else 0
                process = place.running(at_us, request.lot)
                if process is None:
                    return FeatureEnd(request, "down", at_us, place, len(asked))
                asked.append((place, process, at_us))
            at_us += work_us
        hops = len(asked) - 1
        for number, (place, process, since_us) in enumerate(asked):
            if process.is_hit(since_us, at_us + (hops - number) * self.hop_us):
                return FeatureEnd(request, "crashed", at_us, place, hops)
        at_us += hops * self.hop_us
        is_late = at_us > request.at_us + self.p.deadline_ms * MILLISECOND_US
        return FeatureEnd(request, "late" if is_late else "answered", at_us, asked[0][0], hops)
