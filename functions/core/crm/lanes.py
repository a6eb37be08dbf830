"""Lanes: what waits together, when it is pushed, and how much of it in one turn.

Every ready lane gets a turn in each round, of at most its `share`; what a lane does not use is
nobody's, the next round follows at once. So no lane waits longer than one turn of each other lane,
however much those have. An order's turn is bounded by its lines too (`ORDER_LINES`), since they are
what its calls carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.calls import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ORDER_LINES = 10_000
"""Lines of one turn of the orders lane: five full association calls, some 110 calls in all."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue of the work index.

    One that is `eager` does not wait for its linger when a full batch is there; any other waits,
    since waiting is what makes ten changes one.
    """

    queue: str
    share: int
    eager: bool


ORDERS = Lane("orders", 1_000, eager=True)
CUSTOMERS = Lane("customers", 500, eager=True)
PRODUCTS = Lane("products", 500, eager=True)
STOCK = Lane("stock", 1_000, eager=False)

LANES = (ORDERS, CUSTOMERS, PRODUCTS, STOCK)
"""In the order of their turns."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of the work index: the item's key, the id in it, and when it is due (epoch ms)."""

    key: tuple[str, str]
    id: str
    due_at: int


@dataclass(frozen=True, slots=True)
class Look:
    """What the index shows of one lane, oldest first."""

    lane: Lane
    waiting: tuple[Waiting, ...]


def ready(look: Look, now: int, linger: int) -> tuple[Waiting, ...]:
    """Return what the lane pushes now.

    Everything that waits, once the oldest is due; before that, whole batches of an eager lane. What
    is due later than `now + linger` is resting after a failed push and counts for neither.
    """
    fresh = tuple(w for w in look.waiting if w.due_at <= now + linger)
    if fresh and fresh[0].due_at <= now:
        return fresh[: look.lane.share]
    if look.lane.eager:
        whole = len(fresh) - len(fresh) % BATCH
        return fresh[: min(whole, look.lane.share)]
    return ()


def soonest(looks: Iterable[Look]) -> int | None:
    """Return when the next entry of any lane is due, None when nothing waits."""
    return min((look.waiting[0].due_at for look in looks if look.waiting), default=None)


def within(lines: Sequence[int], limit: int = ORDER_LINES) -> int:
    """Return how many of the orders with these line counts fit one turn: at least one."""
    total = 0
    for count, size in enumerate(lines):
        total += size
        if total > limit:
            return max(count, 1)
    return len(lines)
