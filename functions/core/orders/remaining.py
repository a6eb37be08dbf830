"""What of an order's lines still stands, after what came back or was cancelled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.orders.model import Line, Reversal


def reversed_quantities(reversals: Iterable[Reversal]) -> Counter[int]:
    """Return how many of each line (by its number) were reversed."""
    counted: Counter[int] = Counter()
    for reversal in reversals:
        for line in reversal.lines:
            counted[line.number] += line.quantity
    return counted


def remaining(lines: Iterable[Line], reversals: Iterable[Reversal]) -> tuple[Line, ...]:
    """Return the lines with what is left of each; lines of which nothing is left are left out."""
    gone = reversed_quantities(reversals)
    left = (replace(line, quantity=line.quantity - gone[line.number]) for line in lines)
    return tuple(line for line in left if line.quantity > 0)
