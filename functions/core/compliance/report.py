"""The report: what holds, what does not, and since when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.compliance.rules import Verdict


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that does not hold; `since` is when a report first said so (epoch ms)."""

    rule: str
    name: str
    says: str
    since: int

    @property
    def id(self) -> str:
        """What names it from one report to the next."""
        return f"{self.rule} {self.name}"


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts of one look (epoch ms); `holding` counts by rule."""

    at: int
    holding: Mapping[str, int]
    failures: tuple[Failure, ...]


def report(verdicts: Iterable[Verdict], before: Mapping[str, int], now: int) -> Report:
    """Return the report; `before` is since when the failures of the last one have stood."""
    listed = list(verdicts)
    failures = [
        Failure(v.rule, v.name, v.says, before.get(f"{v.rule} {v.name}", now))
        for v in listed
        if not v.holds
    ]
    holding = Counter(v.rule for v in listed if v.holds)
    return Report(now, dict(sorted(holding.items())), tuple(sorted(failures, key=lambda f: f.id)))
