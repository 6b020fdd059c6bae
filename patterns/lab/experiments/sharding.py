"""Sharding: how many requests are answered in time when they are more than one node can serve."""

from dataclasses import astuple, dataclass, replace

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
from patterns.lab.measure import mean, median, percentile, share
from patterns.lab.parameters import Parameters, integer
from patterns.lab.simulation import MILLISECOND_US, SECOND_US
from patterns.lab.structure import Part, Structure, Wire
from patterns.lab.systems.sharding import (
    BIGGER,
    DOWN_US,
    HOT,
    NONE,
    RESIZED_US,
    LookupEnd,
    Ring,
    ShardedStore,
    ShardingSettings,
)
from patterns.lab.trace import Failure, Series, Trace, per_second

SETTLED_US = 2 * SECOND_US  # from the start, by when queues are as long as they stay
DOWN_SHARE = 0.001  # of a node's time: nine hours a year
NAMES = tuple(f"node {letter}" for letter in "ABCDEFGHI")
REPLIES = {"answered": "answered", "late": "too late", "dropped": "dropped", "lost": "no answer"}
UNANSWERED_MS = 10_000.0  # what is not answered in time counts as this: later than any deadline that can be set
COUNTED = "take no longer, after the first two seconds; what is not answered in time counts as never answered."

RING = Law(
    name="Keys that a ring moves",
    formula="When node n + 1 joins, and each has v points: a share distributed as Beta(v, n·v), with mean 1 / (n + 1)",
    assumptions="Points and keys are spread evenly at random, and every key counts alike.",
    source="D. Karger and others, Consistent Hashing and Random Trees, 1997; spacings of uniform points",
    parameters=ShardingSettings(rate=1, scans=0, outage_s=0, keys=2000, resize="yes"),
    side=WITH,
    figure="moved",
    expected=1 / 5,
)
REMAINDERS = replace(
    RING,
    name="Keys that modulo moves",
    formula="When node n + 1 joins: n / (n + 1), since h mod n = h mod (n + 1) for n of each n·(n + 1) hashes h",
    source="Arithmetic of remainders; the ring of D. Karger and others, 1997, answers it",
    parameters=ShardingSettings(rate=1, scans=0, outage_s=0, keys=2000, resize="yes", rule="modulo"),
    expected=4 / 5,
)
QUEUE = Law(
    name="Mean time at one of n shards",
    formula="1 / (μ - λ/n): each shard is an M/M/1 queue, here with μ = 60 and λ/n = 100/4 a second",
    assumptions="Poisson arrivals, exponential service, keys spread evenly; nothing is lost, no query asks all.",
    source="L. Kleinrock, Queueing Systems, volume 1, 1975",
    parameters=ShardingSettings(scans=0, outage_s=0, keys=2000, rule="modulo"),
    side=WITH,
    figure="mean_ms",
    expected=1000 / (60 - 100 / 4),
)
FAN_OUT = replace(
    QUEUE,
    name="Mean time of a query to all shards",
    formula="(1 + 1/2 + … + 1/n) / μ: the mean of the longest of n exponential times, here with μ = 200 a second",
    assumptions="So few queries that hardly one waits for another.",
    source="A. Rényi, On the Theory of Order Statistics, 1953",
    parameters=ShardingSettings(rate=1, scans=100, serves=200, outage_s=0),
    expected=(1 + 1 / 2 + 1 / 3 + 1 / 4) * 1000 / 200,
)


@dataclass(frozen=True)
class OwnShards(Parameters):
    """A reader's own load, spread over shards."""

    your_requests: int = integer(1000, 1, 10_000_000, name="Requests", unit="a second")
    your_node: int = integer(400, 1, 10_000_000, name="One node serves", unit="a second")
    your_shards: int = integer(4, 1, 10_000, name="Shards")


def own_shards(own: OwnShards) -> str:
    each, shards = own.your_requests / own.your_shards, own.your_shards
    left = own.your_node - each
    if left <= 0:
        least = own.your_requests // own.your_node + 1
        return f"{shards:,} would be too few: each would get {each:,.0f} a second. It takes at least {least:,} shards."
    fan_out = sum(1 / rank for rank in range(1, shards + 1))
    down = 1 - (1 - DOWN_SHARE) ** shards
    return (
        f"Each shard gets {each:,.0f} a second and answers after {1000 / left:,.1f} ms in the mean; a query that "
        f"asks all of them takes {fan_out:.1f} times as long as one alone. If each node is down for 0.1 % of the "
        f"time, some shard is for {down * 100:.1f} %, and no query that asks all is answered meanwhile."
    )


class Sharding(SystemExperiment[ShardedStore]):
    slug = "sharding-pattern"
    title = "More requests than one node can serve"
    question = "One node cannot serve all requests, and one is lost for a while. How many are answered in time?"
    system = ShardedStore
    parameters = ShardingSettings
    mechanism = (Ring, ShardedStore.key_homes, ShardedStore.ask, ShardedStore.ask_all)
    sides = (
        Side(WITHOUT, "One node", "with one node"),
        Side(WITH, "Shards", "with shards"),
        Side(BIGGER, "One bigger node", "with one bigger node"),
    )
    metrics = (
        Metric("answered", "requests answered in time", Unit.SHARE, Role.PRIMARY, "Of all.", True),
        Metric(
            "unreachable",
            "requests for keys on a lost node",
            Unit.SHARE,
            Role.GAIN,
            "Of those with a key that come while a node is lost, whichever it is.",
        ),
        Metric(
            "scans_failed",
            "queries without a key that failed while a node was lost",
            Unit.SHARE,
            Role.PRICE,
            "They need every shard, and fail with any of them.",
        ),
        Metric(
            "key_ms",
            "median time of requests with a key",
            Unit.MILLISECONDS,
            Role.GAIN,
            f"Half {COUNTED}",
            never=UNANSWERED_MS,
        ),
        Metric(
            "scan_ms",
            "time for 95 % of queries without a key",
            Unit.MILLISECONDS,
            Role.PRICE,
            f"While no node is lost, they {COUNTED}",
            never=UNANSWERED_MS,
        ),
        Metric("moved", "keys that have to move", Unit.SHARE, Role.PRICE, "To another shard, when one is added."),
        Metric("nodes", "nodes to run", Unit.COUNT, Role.PRICE),
        Metric(
            "some_down",
            "chance that some node is down",
            Unit.SHARE,
            Role.PRICE,
            "Each is in 0.1 % of the time.",
            smallest=0.001,
        ),
    )
    presets = (
        Preset(
            "default",
            "Too much for one node, and a node is lost",
            "Of 100 a second, a node serves 60. While a shard is lost, keys on the others are answered, but no query "
            "without a key.",
            ShardingSettings(),
            Fault.OUTAGE,
        ),
        Preset(
            "bigger",
            "A bigger node exists",
            "As powerful as four; none is lost.",
            ShardingSettings(outage_s=0),
            Fault.LOAD,
            BIGGER,
        ),
        Preset(
            "each-lost",
            "Each node fails once",
            "For two seconds each: the shards one after the other, the bigger node once. With shards, queries without "
            "the key fail all the while.",
            ShardingSettings(lost="each", outage_s=2),
            Fault.OUTAGE,
            BIGGER,
        ),
        Preset(
            "hot-key",
            "A hot key",
            "It draws 60 % of all requests with a key.",
            ShardingSettings(hot=60, outage_s=0),
            Fault.LOAD,
            BIGGER,
        ),
        Preset(
            "keyless",
            "Most queries lack the key",
            "Four of five have to ask every shard, so that each shard is asked for nearly as much as one node alone.",
            ShardingSettings(scans=80, outage_s=0),
            Fault.LOAD,
        ),
        Preset(
            "grow-ring",
            "A shard joins the ring",
            "One key in five moves.",
            ShardingSettings(resize="yes", outage_s=0),
            Fault.CHANGE,
            BIGGER,
        ),
        Preset(
            "grow-modulo",
            "A shard joins, and homes are given by modulo",
            "Four keys in five move, most of them from one old shard to another.",
            ShardingSettings(resize="yes", rule="modulo", outage_s=0),
            Fault.CHANGE,
            BIGGER,
        ),
    )
    laws = (RING, REMAINDERS, QUEUE, FAN_OUT)
    knob = Knob("scans", (0, 10, 20, 30, 40, 50, 70, 100))
    calculator = Calculator(
        "What would shards do to your load?",
        OwnShards,
        own_shards,
        "By the M/M/1 queue and order statistics: keys spread evenly, requests come at random, and hardly any of them "
        "lacks the key.",
    )
    qualities = ("scalability", "throughput", "availability")
    fairness = (
        "Neither of the other sides queues for ever: all drop what has waited for half its deadline. Each loses a node "
        "for as long. One node as powerful as all shards together runs beside them, and most situations are compared "
        "with it, so that what more hardware gives is not said of the shards."
    )
    assumptions = (
        "Requests come at random and at the same rate, answered or not (an open Poisson process).",
        "A node serves one request after the other. On all sides it drops what has waited for half its deadline.",
        "A query without the key asks every shard, fails with any of them, and is on each as much work as a request.",
        "A lost node loses what it holds and refuses the rest at once; then all is as before. Nobody has replicas.",
        "Once a shard was added, a key moves when it is asked for: work on its old node and on its new one. Requests "
        "that come before it has arrived cost the same again.",
    )
    limits = (
        "By default each side loses one node once, but four fail four times as often: see “Each node fails once”.",
        "A query that reads all rows would be an n-th of the work on each shard: there, shards could be faster.",
        "What a bigger node costs, or whether one exists, is left out; so are transactions over several shards, and "
        "answers of which the part on a lost shard is missing.",
    )

    def figures(self, store: ShardedStore) -> dict[str, float | None]:
        p, ends = store.p, store.ends
        # The same time on all sides: as long as the shards need to be lost, though one node may be back before.
        up_us = max((outage.until_us for outage in store.load.outages(p, p.nodes).values()), default=DOWN_US)
        keyed, scans = ([end for end in ends if end.request.is_scan is is_scan] for is_scan in (False, True))
        down, scans_down = ([end for end in some if DOWN_US <= end.request.at_us < up_us] for some in (keyed, scans))
        scans_up = [end for end in scans if not DOWN_US <= end.request.at_us < up_us]
        return {
            "answered": share(sum(end.fate == "answered" for end in ends), len(ends)),
            "unreachable": share(sum(end.fate == "lost" for end in down), len(down)),
            "scans_failed": share(sum(end.fate != "answered" for end in scans_down), len(scans_down)),
            "key_ms": median(times_ms(keyed)),
            "scan_ms": percentile(times_ms(scans_up), 95),
            "nodes": len(store.nodes),
            "moved": share(store.moving, p.keys),
            "some_down": 1 - (1 - DOWN_SHARE) ** len(store.nodes),
            "mean_ms": mean(times_ms(ends)),
        }

    def structure(self, parameters: ShardingSettings, side: str) -> Structure:
        p, lost = parameters, "lost for a while" if parameters.outage_s else ""
        clients = Part("clients", "Clients", 0, f"{p.rate} requests a second", "client")
        keyless = f"{p.scans} % without a key"
        if side != WITH:
            serves = p.serves * (p.nodes if side == BIGGER else 1)
            note = f"serves {serves} a second"
            node = Part(
                "node", "One bigger node" if side == BIGGER else "One node", 2, note, "store", is_broken=bool(lost)
            )
            return Structure((clients, node), (Wire("clients", "node", keyless),))
        rule = ("ring" if p.rule == "ring" else "modulo") + (f", {p.hot} % to one key" if p.hot else "")
        router = Part("router", "Hash of the key", 1, rule, is_new=True)
        shards = [
            Part(
                "first", "Shard A", 2, lost or f"serves {p.serves} a second", "store", is_broken=bool(lost), is_new=True
            ),
            Part("rest", f"{p.nodes - 1} more", 2, f"each {p.serves} a second", "store", is_new=True),
        ]
        wires = [Wire("router", one.key, is_broken=one.is_broken) for one in shards]
        if p.resize == "yes":
            shards.append(Part("new", "One joins", 2, "after 5 s", "store", is_new=True))
            wires.append(Wire("router", "new"))
        return Structure((clients, router, *shards), (Wire("clients", "router", keyless), *wires))

    def failures(self, store: ShardedStore) -> tuple[Failure, ...]:
        """The same on all sides, of which only the shards have others to lose."""
        outages = enumerate(store.load.outages(store.p, store.p.nodes).values())
        whats = ("a node is lost", "another shard is lost")
        return tuple(Failure(whats[turn > 0], *astuple(outage)) for turn, outage in outages)

    def series(self, store: ShardedStore) -> tuple[Series, ...]:
        answered = [end.request.at_us for end in store.ends if end.fate == "answered"]
        failed = [end.request.at_us for end in store.ends if end.fate != "answered"]
        scans = [end.request.at_us for end in store.ends if end.fate != "answered" and end.request.is_scan]
        until_us = store.p.end_us
        return (
            Series("answered", "Requests answered in time", "a second", per_second(answered, until_us=until_us)),
            Series("failed", "Requests not answered in time", "a second", per_second(failed, until_us=until_us)),
            Series("scans", "Of them, queries without a key", "a second", per_second(scans, until_us=until_us)),
        )

    def narrate(self, trace: Trace, store: ShardedStore) -> None:
        """From the fault, or the new shard, on: the first request of each kind, by what became of it."""
        for node, outage in store.load.outages(store.p, store.count).items():
            trace.note(outage.from_us, NAMES[node], NAMES[node], "is lost", "fail")
            trace.note(outage.until_us, NAMES[node], NAMES[node], "is back", "event")
        since_us, kinds = RESIZED_US if store.p.resize == "yes" else DOWN_US, set[tuple[object, ...]]()
        for end in (one for one in store.ends if one.request.at_us >= since_us):
            is_hot, is_answered, has_moved = (
                store.p.hot and end.request.key == HOT,
                end.fate == "answered",
                end.moved_from != NONE,
            )
            what = "query, no key" if end.request.is_scan else "hot key" if is_hot else "one key"
            if (kind := (what, end.fate, has_moved)) in kinds:
                continue
            kinds.add(kind)
            first, last = NAMES[end.moved_from if has_moved else end.node], NAMES[end.node]
            is_of_all = store.count > 1 and end.request.is_scan
            trace.note(end.request.at_us, "client", "all nodes" if is_of_all else first, what)
            if first != last:
                trace.note(end.at_us, first, last, "hands over the key", "store")
            reply = "all answered" if is_answered and is_of_all else REPLIES[end.fate]
            trace.note(end.at_us, last, "client", f"{what}: {reply}", "reply" if is_answered else "fail")


def times_ms(ends: list[LookupEnd]) -> list[float]:
    """Of those that came when queues had settled; what was not answered in time never was."""
    # Times of successes alone would flatter the side that answers few of them.
    settled = [end for end in ends if end.request.at_us >= SETTLED_US]
    in_time = [(end.at_us - end.request.at_us) / MILLISECOND_US for end in settled if end.fate == "answered"]
    return in_time + [UNANSWERED_MS] * (len(settled) - len(in_time))
