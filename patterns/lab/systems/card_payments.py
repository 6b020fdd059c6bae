"""A payment service that charges cards: it can be slow, and what it is asked or answers can come late or not at all.

What it has begun it finishes, whether or not anybody waits. Two things it may be able to do: recognise an order for
which it was asked before (it then gives the first answer again), and cancel one. A cancelled order is refunded, and no
charge that arrives later is made for it.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from patterns.lab.simulation import MILLISECOND_US, SECOND_US, World
from patterns.lab.systems.purchases import Purchase
from patterns.lab.systems.station import Outage

SLOWER = 10  # times, while the service is slow
LATE_US = 3 * SECOND_US  # on its way, of a request that comes late
KNOWN_US = 20 * MILLISECOND_US  # to look an answer up
CANCEL_US = 50 * MILLISECOND_US
NEVER_US = 10**15


class CardPayments:
    """``charged`` counts the charges of each order that stand: made, and not refunded."""

    def __init__(self, world: World, slow: Outage, *, is_idempotent: bool) -> None:
        self.world, self.slow, self.is_idempotent = world, slow, is_idempotent
        self.charged, self.asked = Counter[int](), Counter[int]()  # by number of the order
        self.done_us: dict[int, int] = {}  # when the first charge of an order is made
        self.cancelled: set[int] = set()
        self.call_count, self.writes = 0, 0

    def charge(self, purchase: Purchase) -> int:
        """The instant at which the answer comes; ``NEVER_US`` for one that nobody waits for so long."""
        self.call_count += 1
        self.asked[purchase.number] += 1
        if purchase.is_late and self.asked[purchase.number] == 1:
            self.after(LATE_US, lambda: self.begin(purchase))
            return NEVER_US
        answered_us = self.begin(purchase)
        return NEVER_US if self.asked[purchase.number] <= purchase.lost_answers else answered_us

    def begin(self, purchase: Purchase) -> int:
        """A request has arrived; the instant at which its charge is made, or found to have been made."""
        number, now_us = purchase.number, self.world.now_us
        if self.is_idempotent and number in self.done_us:
            return max(now_us + KNOWN_US, self.done_us[number])
        takes_us = self.pace(purchase.charge_us)
        self.done_us[number] = now_us + takes_us
        self.writes += self.is_idempotent  # the key, before the work: the next request may come at any time
        self.after(takes_us, lambda: self.settle(number))
        return now_us + takes_us

    def settle(self, number: int) -> None:
        if number not in self.cancelled:
            self.charged[number] += 1
            self.writes += 1

    def cancel(self, number: int) -> None:
        """Refund what was charged, and remember: the charge itself may still be on its way."""
        self.call_count += 1
        self.after(self.pace(CANCEL_US), lambda: self.undo(number))

    def undo(self, number: int) -> None:
        self.cancelled.add(number)
        self.writes += 1
        self.charged[number] = 0

    def pace(self, usual_us: int) -> int:
        now_us = self.world.now_us
        return usual_us * SLOWER if self.slow.meets(now_us, now_us) else usual_us

    def after(self, wait_us: int, act: Callable[[], Any]) -> None:
        # An event of its own, not a process of the caller: it happens even if the caller has given up.
        self.world.timeout(wait_us).callbacks.append(lambda _: act())
