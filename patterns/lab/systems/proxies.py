"""Calls along a chain of services, straight from one to the next or through a proxy beside each instance.

Every service has some instances, and a request meets one of each, drawn beforehand. An instance is up and down by
turns, and so is the proxy beside it, each by itself. Nobody retries: what is down when it is needed fails the request.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from patterns.lab.simulation import Stream, Work, World
from patterns.lab.systems.spans import Span

Fate = Literal["answered", "application down", "proxy down"]


@dataclass(frozen=True, slots=True)
class ChainRequest:
    at_us: int
    instances: tuple[int, ...]  # of each service of the chain
    works_us: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RequestEnd:
    request: ChainRequest
    fate: Fate
    at_us: int


def turns(stream: Stream, *, up_us: int, down_us: int, until_us: int) -> list[Span]:
    """When something is down that is up and down by turns, for exponential times, and was so for ever."""
    found: list[Span] = []
    is_up, at_us = not stream.chance(down_us / (up_us + down_us)), 0
    while at_us < until_us:
        lasts_us = stream.exponential_us(up_us if is_up else down_us)
        if not is_up:
            found.append((at_us, at_us + lasts_us))
        is_up, at_us = not is_up, at_us + lasts_us
    return found


@dataclass(frozen=True)
class Instance:
    """Something that is not there in some spans of time: an application, or a proxy."""

    down: list[Span]  # in order

    def is_up(self, now_us: int) -> bool:
        index = bisect_right(self.down, now_us, key=lambda span: span[0]) - 1
        return index < 0 or self.down[index][1] <= now_us


class Sidecar:
    """A proxy beside one instance of an application: whatever goes in or out has to pass it."""

    def __init__(self, world: World, process: Instance, hop_us: int) -> None:
        self.world, self.process, self.hop_us = world, process, hop_us

    def cross(self) -> Work[bool]:
        """There and back; False where the proxy is down, however well its application may be."""
        if not self.process.is_up(self.world.now_us):
            return False
        yield self.world.timeout(self.hop_us)
        return True


class CallChain:
    """The first service is entered from outside, and each calls the next; with ``sidecars``, through two of them."""

    def __init__(self, world: World, apps: list[list[Instance]], sidecars: list[list[Sidecar]]) -> None:
        self.world, self.apps, self.sidecars = world, apps, sidecars  # by service, then by instance
        self.ends: list[RequestEnd] = []
        self.visits, self.found_up = 0, 0  # of called instances

    def arrivals(self, requests: list[ChainRequest]) -> Work[None]:
        for request in requests:
            yield self.world.timeout(request.at_us - self.world.now_us)
            self.world.process(self.serve(request))

    def serve(self, request: ChainRequest) -> Work[None]:
        fate = yield from self.walk(request)
        self.ends.append(RequestEnd(request, fate, self.world.now_us))

    def walk(self, request: ChainRequest) -> Work[Fate]:
        for service, (instance, work_us) in enumerate(zip(request.instances, request.works_us, strict=True)):
            if service and not (yield from self.reach(service, request.instances)):
                return "proxy down"
            if not self.apps[service][instance].is_up(self.world.now_us):
                return "application down"
            self.found_up += service > 0
            yield self.world.timeout(work_us)
        return "answered"

    def reach(self, service: int, instances: tuple[int, ...]) -> Work[bool]:
        """From the instance before to the door of the application that it calls."""
        has_left = not self.sidecars or (yield from self.sidecars[service - 1][instances[service - 1]].cross())
        if not has_left:
            return False
        self.visits += 1
        return not self.sidecars or (yield from self.sidecars[service][instances[service]].cross())
