"""Counts and adjustments: what a person says of the shelf, and the movement that it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.errors import Conflict, FieldError, NotFound
from core.inventory.model import Level, Movement, MovementKind, Reason


@dataclass(frozen=True, slots=True)
class Count:
    """`on_hand` units are on the shelf; said by someone who last saw this `count_version`.

    0 is the `count_version` of a location that has had no stock of the SKU yet.
    """

    sku: str
    location: str
    on_hand: int
    count_version: int
    reason: Reason = Reason.CYCLE_COUNT
    kind: ClassVar[MovementKind] = MovementKind.COUNT


@dataclass(frozen=True, slots=True)
class Adjustment:
    """So many units came to the shelf, or left it (a negative `change`)."""

    sku: str
    location: str
    change: int
    reason: Reason
    note: str | None = None
    kind: ClassVar[MovementKind] = MovementKind.ADJUST


def unopened(sku: str, location: str, *, backorder: bool) -> Level:
    """Return what a location holds of a SKU before anybody counted it."""
    return Level(sku, location, 0, 0, backorder, count_version=0, version=0)


def counted(level: Level, count: Count, cause: str, now: int) -> Movement:
    """Return the movement from the level to what was counted.

    `Conflict` when the shelf has changed since the counter saw it (`count_version_stale`), or when
    less is there than orders have set aside (`below_reserved`), unless the SKU allows back-orders.
    """
    if level.count_version != count.count_version:
        raise stale(level)
    if count.on_hand < level.reserved and not level.backorder:
        raise Conflict(
            "below_reserved",
            "Fewer were counted than are reserved. Release or cancel first.",
            fields=(FieldError("on_hand", "below_reserved", f"{level.reserved} are reserved."),),
            current=_current(level),
        )
    return Movement(
        cause,
        1,
        count.sku,
        count.location,
        MovementKind.COUNT,
        count.on_hand - level.on_hand,
        0,
        now,
        count.reason,
    )


def adjusted(adjustment: Adjustment, cause: str, now: int) -> Movement:
    """Return the movement of an adjustment; it takes only from what is available."""
    return Movement(
        cause,
        1,
        adjustment.sku,
        adjustment.location,
        MovementKind.ADJUST,
        adjustment.change,
        0,
        now,
        adjustment.reason,
        adjustment.note,
    )


def stale(level: Level) -> Conflict:
    """Return the refusal of a count that rests on an older state of the shelf."""
    return Conflict(
        "count_version_stale",
        "The shelf has changed since it was read. Read it again, then count again.",
        fields=(
            FieldError("count_version", "count_version_stale", f"It is {level.count_version} now."),
        ),
        current=_current(level),
    )


def no_level() -> NotFound:
    """Return the refusal of an adjustment where there is nothing to adjust."""
    return NotFound(
        "stock_not_found",
        "There is no stock of this SKU at this location. Count it first, with count_version 0.",
    )


def too_few() -> Conflict:
    """Return the refusal of an adjustment that takes more than is available."""
    wrong = FieldError("change", "out_of_stock", "More than is available.")
    return Conflict("out_of_stock", "Not so many are available.", fields=(wrong,))


def _current(level: Level) -> dict[str, int | str]:
    return {
        "on_hand": level.on_hand,
        "reserved": level.reserved,
        "count_version": level.count_version,
    }
