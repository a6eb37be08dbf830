"""Measuring in turns, and figures as a Markdown table."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Samples:
    """What one case took each time, in seconds."""

    taken: tuple[float, ...]

    @property
    def least(self) -> float:
        """The time that the machine's other work disturbed least."""
        return min(self.taken)

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.taken)

    def milliseconds(self) -> str:
        """Return least and median for a table."""
        return f"{self.least * 1000:.2f} / {self.middle * 1000:.2f}"

    def times(self, other: Samples) -> str:
        """Return how many times the other this is, by the least and by the median."""
        return f"{self.least / other.least:.2f} / {self.middle / other.middle:.2f}"


def in_turns(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Samples]:
    """Run every case once a round, so that whatever disturbs the machine meets all alike.

    Each case returns its own time in seconds.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            taken[name].append(case())
    return {name: Samples(tuple(times)) for name, times in taken.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, a word on how it was measured, and the figures."""

    title: str
    words: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]

    def markdown(self) -> str:
        """Return the table as Markdown; the first column is text, the others are numbers."""
        rule = ["---", *["--:"] * (len(self.head) - 1)]
        lines = ["| " + " | ".join(map(str, row)) + " |" for row in (self.head, rule, *self.rows)]
        return "\n".join([f"## {self.title}", "", self.words, "", *lines, ""])
