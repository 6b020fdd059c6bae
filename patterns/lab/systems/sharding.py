"""Sharding: more requests than one node can serve, spread by key over several.

Most requests name a key, and go to the node that is its home; a query that names none has to ask every node. Work that
has waited for half its deadline is dropped, so that nobody works on answers that come too late. Beside the shards run
one such node alone, and one as powerful as all of them together.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Literal

from patterns.lab.experiment import WITH
from patterns.lab.parameters import Parameters, choice, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US, Stream, System, Work
from patterns.lab.systems.station import Fate, Outage, Station, Task

RESIZED_US = 5 * SECOND_US  # when a shard is added
DOWN_US = 10 * SECOND_US  # when the first node is lost
AFTER_US = 5 * SECOND_US  # observed after the last one has come back
HOT, NONE = 0, -1  # the key that draws more than its share; no key
BIGGER = "bigger"


@dataclass(frozen=True)
class ShardingSettings(Parameters):
    nodes: int = integer(4, 2, 8, name="Shards", about="One node each; the bigger node is as powerful as all of them.")
    serves: int = integer(60, 20, 200, step=10, name="One node serves", unit="a second", about="On average.")
    rate: int = integer(100, 1, 150, name="Requests", unit="a second", about="They come at random.")
    scans: int = integer(10, 0, 100, step=5, name="Queries without the key", unit="%", about="They ask every node.")
    hot: int = integer(0, 0, 90, step=10, name="Requests for one hot key", unit="%", about="Of those that name a key.")
    keys: int = integer(1000, 100, 2000, step=100, name="Keys", about="Asked for alike, except a hot one.")
    deadline_ms: int = integer(1000, 500, 5000, step=100, name="Deadline", unit="ms", about="Later is too late.")
    outage_s: int = integer(5, 0, 5, name="A lost node is away for", unit="s")
    lost: Literal["one", "each"] = choice("one", name="What is lost", one="One node", each="Each in turn")
    resize: Literal["no", "yes"] = choice("no", name="A shard is added", no="No", yes="Yes, after 5 s")
    copy_ms: int = integer(30, 0, 100, step=10, name="Work to move a key", unit="ms", about="On each of the two nodes.")
    rule: Literal["ring", "modulo"] = choice("ring", name="Home of a key", ring="Hash ring", modulo="Hash modulo n")
    points: int = integer(64, 1, 128, name="Points of a node on the ring")

    @property
    def end_us(self) -> int:
        """The same on all sides: as long as it takes to lose every shard, where every node is lost."""
        return DOWN_US + self.outage_s * SECOND_US * (self.nodes if self.lost == "each" else 1) + AFTER_US


@dataclass(frozen=True, slots=True)
class Lookup:
    at_us: int
    key: int  # or NONE: every node has to look
    work_us: tuple[int, ...]  # on the home of the key, or on each node

    @property
    def is_scan(self) -> bool:
        return self.key == NONE


@dataclass(frozen=True)
class ShardingLoad:
    seed: int
    requests: list[Lookup]
    places: list[int]  # the hash of each key
    lost: int  # the shard that is lost

    def outages(self, p: ShardingSettings, nodes: int) -> dict[int, Outage]:
        """By node; of one node alone, it is the one that is lost."""
        if not (span_us := p.outage_s * SECOND_US):
            return {}
        lost = range(nodes) if p.lost == "each" else (self.lost % nodes,)
        return {node: Outage(at_us := DOWN_US + turn * span_us, at_us + span_us) for turn, node in enumerate(lost)}


def ring_place(name: str) -> int:
    """A point on the ring, the same in every process."""
    # Python's own hash of a text is another one in each process.
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


class Ring:
    """Consistent hashing (Karger and others, 1997): a key belongs to the next point, and a node has many points.

    A node that is added takes over what lies before its own points. All other keys stay where they are.
    """

    def __init__(self, seed: int, nodes: int, points: int) -> None:
        spots = sorted(
            (ring_place(f"{seed}/node {node}/{point}"), node) for node in range(nodes) for point in range(points)
        )
        self.places, self.owners = [at for at, _ in spots], [node for _, node in spots]

    def home(self, at: int) -> int:
        return self.owners[bisect_right(self.places, at) % len(self.owners)]


@dataclass(frozen=True, slots=True)
class LookupEnd:
    """What became of a request, when, and on which node: of a query to all, the one that failed or was the last."""

    request: Lookup
    fate: Fate
    at_us: int
    node: int
    moved_from: int = NONE


class ShardedStore(System[ShardingSettings, ShardingLoad]):
    """The nodes of one side, and which of them is asked.

    After a shard was added, the first request for a key whose home has changed makes its old home hand it over.
    """

    def __init__(self, p: ShardingSettings, load: ShardingLoad, side: str, *, is_traced: bool = False) -> None:
        super().__init__(p, load, side, is_traced=is_traced)
        self.count, power = (p.nodes if side == WITH else 1), (p.nodes if side == BIGGER else 1)
        self.grows = side == WITH and p.resize == "yes"
        self.homes, self.next_homes = (self.key_homes(self.count + more) for more in (0, self.grows))
        self.moving = sum(home != target for home, target in zip(self.homes, self.next_homes, strict=True))
        outages = load.outages(p, self.count)
        nodes = range(self.count + self.grows)
        self.nodes = [Station(self.world, power, outages.get(node, Outage())) for node in nodes]
        self.ends: list[LookupEnd] = []

    @classmethod
    def draw(cls, p: ShardingSettings, seed: int) -> ShardingLoad:
        scan, hot, key, work = (Stream(seed, purpose) for purpose in ("scan", "hot", "key", "work"))
        lookups = []
        for at_us in Stream(seed, "arrivals").arrivals_us(per_second=p.rate, until_us=p.end_us):
            # All coins are thrown for each, so that a setting changes little but what it is about.
            named, is_hot, is_scan = key.index(p.keys), hot.chance(p.hot / 100), scan.chance(p.scans / 100)
            works = tuple(work.exponential_us(SECOND_US / p.serves) for _ in range(p.nodes + 1 if is_scan else 1))
            lookups.append(Lookup(at_us, NONE if is_scan else HOT if is_hot else named, works))
        places = [ring_place(f"{seed}/key {number}") for number in range(p.keys)]
        return ShardingLoad(seed, lookups, places, Stream(seed, "lost").index(p.nodes))

    def processes(self) -> Iterator[Work[None]]:
        yield self.arrivals()

    def key_homes(self, nodes: int) -> list[int]:
        """The node of each key."""
        if self.p.rule == "modulo":
            return [at % nodes for at in self.load.places]
        return [*map(Ring(self.load.seed, nodes, self.p.points).home, self.load.places)]

    @property
    def is_grown(self) -> bool:
        return self.grows and self.world.now_us >= RESIZED_US

    def arrivals(self) -> Work[None]:
        for request in self.load.requests:
            yield self.world.timeout(request.at_us - self.world.now_us)
            (self.ask_all if request.is_scan else self.ask)(request)

    def ask(self, request: Lookup) -> None:
        home = self.homes[request.key]
        if self.is_grown and home != self.next_homes[request.key]:
            self.move(request, home, self.next_homes[request.key])
        else:
            self.send(request, home, request.work_us[0], lambda fate: self.end(request, fate, home))

    def ask_all(self, request: Lookup) -> None:
        asked, told = range(self.count + self.is_grown), list[tuple[Fate, int]]()

        def gather(node: int, fate: Fate) -> None:
            told.append((fate, node))
            if len(told) == len(asked):
                self.end(request, *next((one for one in told if one[0] != "answered"), told[-1]))

        for node in asked:
            self.send(request, node, request.work_us[node], partial(gather, node))

    def move(self, request: Lookup, home: int, target: int) -> None:
        copy_us = self.p.copy_ms * MILLISECOND_US

        def leave(fate: Fate) -> None:
            if fate == "answered":
                self.send(request, target, copy_us + request.work_us[0], arrive)
            else:
                self.end(request, fate, home)

        def arrive(fate: Fate) -> None:
            if fate == "answered":
                self.homes[request.key] = target
            self.end(request, fate, target, home)

        self.send(request, home, copy_us, leave)

    def send(self, request: Lookup, node: int, work_us: int, done: Callable[[Fate], None]) -> None:
        # Half the deadline is left for the work itself, which mostly takes far less.
        starts_by_us = request.at_us + self.p.deadline_ms * MILLISECOND_US // 2
        self.nodes[node].take(Task(work_us, starts_by_us, done))

    def end(self, request: Lookup, fate: Fate, node: int, moved_from: int = NONE) -> None:
        is_late = fate == "answered" and self.world.now_us > request.at_us + self.p.deadline_ms * MILLISECOND_US
        self.ends.append(LookupEnd(request, "late" if is_late else fate, self.world.now_us, node, moved_from))
