"""One tenant's marks and records in memory: `core.crm.ports.WorkStore` and `CrmStore`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from core.crm.lanes import Look, Waiting
from core.crm.records import CustomerRecord, Link, Mark, OrderRecord, PageRecord, ProductRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from core.clock import Clock
    from core.crm.lanes import Lane
    from core.crm.ports import Key, LinePage, Parked

Record = ProductRecord | CustomerRecord | OrderRecord
R = TypeVar("R", ProductRecord, CustomerRecord, OrderRecord)


@dataclass(slots=True)
class Kept:
    """An item's version, what of it is in HubSpot, and its mark."""

    version: int = 1
    synced: int = 0
    lane: str | None = None
    due_at: int = 0
    attempts: int = 0
    rest_until: int = 0
    parked: bool = False
    retries: int = 0


@dataclass(slots=True)
class FakeSyncStore:
    """Records by id (products by SKU); every key's second part is its record's id."""

    clock: Clock
    linger: int = 5_000
    kept: dict[Key, Kept] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    links: dict[Key, Link] = field(default_factory=dict)
    lines: dict[tuple[Key, int], LinePage] = field(default_factory=dict)
    parked: dict[tuple[str, str], Parked] = field(default_factory=dict)
    cured: set[tuple[str, str]] = field(default_factory=set)
    waiting: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def mark(self, key: Key, lane: str, due_at: int) -> None:
        """Owe an item, as a writer does: a new version, and no later due time."""
        kept = self.kept.setdefault(key, Kept(version=0))
        kept.version += 1
        if kept.lane is None:
            kept.lane, kept.due_at = lane, due_at

    def look(self, lane: Lane) -> Look:
        """Return what waits in a lane."""
        found = [
            Waiting(key, key[0].split("#")[2], k.due_at)
            for key, k in self.kept.items()
            if k.lane == lane.queue
        ]
        return Look(lane, tuple(sorted(found, key=lambda w: (w.due_at, w.key))))

    def clean(self, done: Sequence[Mark]) -> int:
        """Note that versions are in HubSpot."""
        clean = 0
        for mark in done:
            kept = self.kept[mark.key]
            kept.synced = mark.version
            kept.attempts = kept.rest_until = 0
            if (kept.version, kept.retries) == (mark.version, mark.retries):
                kept.lane, kept.due_at, kept.parked = None, 0, False
                clean += 1
            else:
                kept.due_at = self.clock.now() + self.linger
        return clean

    def rest(self, owed: Sequence[tuple[Mark, int]]) -> None:
        """Leave items alone."""
        for mark, until in owed:
            kept = self.kept[mark.key]
            if kept.lane is not None:
                kept.due_at = kept.rest_until = until
                kept.attempts = mark.attempts

    def park(self, parked: Parked, owed: Iterable[Mark]) -> bool:
        """Keep what was refused."""
        self.parked[parked.type, parked.key] = parked
        self.cured.discard((parked.type, parked.key))
        for mark in owed:
            kept = self.kept[mark.key]
            kept.parked = True
            if (kept.version, kept.retries) == (mark.version, mark.retries):
                kept.lane = None
                kept.attempts = kept.rest_until = 0
        return True

    def wait(self, kind: str, key: str, order_ids: Iterable[str]) -> None:
        """Remember orders that lack it."""
        self.waiting.setdefault((kind, key), set()).update(order_ids)

    def unpark(self, kind: str, key: str) -> None:
        """Note that it is in HubSpot after all."""
        self.cured.add((kind, key))
        for order_id in self.waiting.pop((kind, key), set()):
            kept = self.kept[f"main#ORDER#{order_id}", "HEADER"]
            if kept.lane is None:
                kept.lane, kept.due_at = "orders", self.clock.now() + self.linger

    def products(self, skus: Iterable[str]) -> dict[str, ProductRecord]:
        """Return products by SKU."""
        return {i: self._now(r) for i, r in self._of(ProductRecord, skus).items()}

    def customers(self, ids: Iterable[str]) -> dict[str, CustomerRecord]:
        """Return customers by id."""
        return {i: self._now(r) for i, r in self._of(CustomerRecord, ids).items()}

    def orders(
        self, ids: Iterable[str], fits: Callable[[list[int]], int]
    ) -> dict[str, OrderRecord]:
        """Return orders by id, as many as fit."""
        found = self._of(OrderRecord, ids)
        count = fits([r.header.line_count for r in found.values()])
        return {i: self._now(found[i]) for i in list(found)[:count]}

    def product_links(self, skus: Iterable[str]) -> dict[str, Link]:
        """Return links by SKU."""
        return self._links(ProductRecord, skus)

    def customer_links(self, ids: Iterable[str]) -> dict[str, Link]:
        """Return links by customer id."""
        return self._links(CustomerRecord, ids)

    def put_links(self, links: Mapping[Key, Link]) -> None:
        """Keep where records stand."""
        for home, link in links.items():
            before = self.links[home].agreed if home in self.links else {}
            self.links[home] = replace(link, agreed={**before, **link.agreed})

    def put_lines(self, pages: Sequence[LinePage]) -> None:
        """Keep where lines stand."""
        for page in pages:
            there = self.lines.get((page.home, page.number))
            if page.revision == (there.revision if there else 0):
                self.lines[page.home, page.number] = replace(page, revision=page.revision + 1)

    def _of(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        there = {i: self.records.get(i) for i in ids}
        return {i: r for i, r in there.items() if isinstance(r, kind)}

    def _links(self, kind: type[R], ids: Iterable[str]) -> dict[str, Link]:
        homes = {i: _home(r) for i, r in self._of(kind, ids).items()}
        return {i: self.links[home] for i, home in homes.items() if home in self.links}

    def _now(self, record: R) -> R:
        """Return a record with its marks and links as they are now."""
        home = _home(record)
        link, parked = self.links.get(home), self.kept[home].parked
        if isinstance(record, ProductRecord):
            marks = tuple(self._mark(m.key) for m in record.marks)
            return replace(record, marks=marks, link=link, parked=parked)
        fresh = replace(record, mark=self._mark(home), link=link, parked=parked)
        if isinstance(fresh, OrderRecord):
            pages = tuple(self._page(home, page) for page in fresh.pages)
            return replace(fresh, pages=pages)
        return fresh

    def _page(self, home: Key, page: PageRecord) -> PageRecord:
        kept = self.lines.get((home, page.number))
        if kept is None:
            return page
        return replace(
            page,
            links=kept.links,
            parked=frozenset(kept.parked),
            retried=frozenset(kept.retried),
            revision=kept.revision,
        )

    def _mark(self, key: Key) -> Mark:
        kept = self.kept[key]
        return Mark(key, kept.version, kept.lane, kept.attempts, kept.rest_until, kept.retries)


def _home(record: Record) -> Key:
    return record.marks[0].key if isinstance(record, ProductRecord) else record.mark.key
