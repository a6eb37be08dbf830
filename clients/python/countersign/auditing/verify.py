"""Holds the audit table against what was locked: `countersign audit verify`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from countersign.auditing.block import NOTHING_BEFORE
from countersign.auditing.book import opened
from countersign.auditing.chain import Walk
from countersign.auditing.finding import Finding, Kind
from countersign.auditing.span import SETTLED, Span, label, millis
from countersign.auditing.table import ENTRY, HEAD, HEADER, digest, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from countersign.auditing.book import Book
    from countersign.auditing.locked import LockedChain
    from countersign.auditing.table import AuditTable, Item


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Verification:
    """One verification, of everything or of a span; `tenants` is all that have blocks unless told.

    A span's blocks are walked from the one before them. What the table says of how far sealing has
    come is only compared with a whole chain.
    """

    table: AuditTable
    locked: LockedChain
    span: Span | None = None
    tenants: Sequence[str] = ()
    now: Callable[[], datetime] = _now
    found: Counter[str] = field(default_factory=Counter)
    compared: dict[str, Any] = field(default_factory=dict)
    _heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    _late: int = 0

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is not as it was sealed; afterwards `summary` tells the rest."""
        for finding in self._findings():
            self.found[finding.kind] += 1
            yield finding

    def summary(self) -> dict[str, Any]:
        """Return how much was compared, and how much of what was found."""
        return {"ok": not self.found, **self.compared, "findings": dict(sorted(self.found.items()))}

    def _findings(self) -> Iterator[Finding]:
        named = list(self.tenants) or self.locked.tenants()
        begun = self.now()
        settled = begun - SETTLED
        with opened() as book:
            # The table first: what is sealed meanwhile is then a block too many, and no entry less.
            yield from self._table(book, named)
            for tenant in named:
                yield from self._chain(book, tenant)
            book.close()
            yield from book.entries(millis(begun), label(settled))
            yield from book.headers(millis(settled))
            if self.span is None:
                for tenant in sorted({*self._heads, *named}):
                    said = self._heads.get(tenant, (0, NOTHING_BEFORE))
                    yield from book.ends(tenant, said, millis(settled))
            self.compared = {
                **book.counted(),
                "late": self._late,
                "pending": book.pending(label(settled)),
                "tenants": len(named),
            }

    def _table(self, book: Book, named: Sequence[str]) -> Iterator[Finding]:
        for item in self._items(named):
            place = place_of(item)
            if self.tenants and place.tenant not in self.tenants:
                continue
            if place.kind == ENTRY:
                book.keep(place.tenant, place.name, place.sort, digest(item))
            elif place.kind == HEADER:
                book.tell(place.tenant, *_told(item), _hash(item))
            elif place.kind == HEAD:
                self._heads[place.tenant] = (_number(item, "height"), _hash(item))
            else:
                detail = f"{item['pk']['S']} {place.sort} is neither entry nor block"
                yield Finding(Kind.FOREIGN, place.tenant, detail)

    def _items(self, named: Sequence[str]) -> Iterable[Item]:
        if self.span is None:
            return self.table.everything()
        return self.table.partitions(
            f"{tenant}#{kind}#{minute}"
            for tenant in named
            for minute in self.span.minutes()
            for kind in (ENTRY, HEADER)
        )

    def _chain(self, book: Book, tenant: str) -> Iterator[Finding]:
        for step in Walk(self.locked, tenant, self.span).blocks():
            if isinstance(step, Finding):
                yield step
            elif self.span is None or self.span.holds(step.minute):
                book.lock(step)
                self._late += len(step.leaves) * step.header["late"]


def _told(item: Item) -> tuple[int, str]:
    return _number(item, "height"), item.get("minute", {}).get("S", "")


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {}).get("N", "-1"))


def _hash(item: Item) -> str:
    return str(item.get("hash", {}).get("S", ""))
