"""What the fake store holds, and the conditions under which it changes."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.contention import Superseded
from core.inventory.model import ON_THE_SHELF
from core.orders.ports import OutOfStock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.audit import Entry
    from core.customers.model import Customer, Identity
    from core.customers.resolve import Guard
    from core.idempotency import Record
    from core.inventory.model import Level, Movement, Product
    from core.orders.model import Header, Order, Reversal

_MOVING = ("attempt", "chunk", "chunks", "updated_at", "returned", "cancelled", "version")
Place = tuple[str, str, str]
"""Tenant, SKU, location."""


@dataclass(slots=True)
class Rows:
    """Everything that is stored; a transaction works on a copy."""

    products: dict[tuple[str, str], Product] = field(default_factory=dict)
    folds: dict[tuple[str, str], str] = field(default_factory=dict)
    levels: dict[Place, Level] = field(default_factory=dict)
    ledger: dict[tuple[Any, ...], Movement] = field(default_factory=dict)
    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    reversals: dict[tuple[str, str], tuple[Reversal, ...]] = field(default_factory=dict)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    customers: dict[tuple[str, str], Customer] = field(default_factory=dict)
    guards: dict[tuple[str, Identity], Guard] = field(default_factory=dict)
    audit: dict[str, Entry] = field(default_factory=dict)

    def copy(self) -> Rows:
        """Return rows that can be changed without changing these."""
        return Rows(*(copy(getattr(self, name)) for name in self.__slots__))

    def require(self, *, holds: bool) -> None:
        """Raise `Superseded` unless a condition holds."""
        if not holds:
            raise Superseded

    def note(self, entry: Entry | None) -> None:
        """Write an audit entry, once."""
        if entry is not None:
            self.require(holds=entry.id not in self.audit)
            self.audit[entry.id] = entry

    def turn(self, tenant: str, before: Header, after: Header) -> None:
        """Move a header that still stands as `before` says; what cannot move, does not."""
        stored = self.orders.get((tenant, after.id))
        self.require(holds=stored is not None and _stands(stored.header, before))
        assert stored is not None
        changed = {name: getattr(after, name) for name in _MOVING}
        header = replace(stored.header, state=after.state, stages=after.stages, **changed)
        self.orders[tenant, after.id] = replace(stored, header=header)

    def move(self, tenant: str, movements: Iterable[Movement]) -> list[tuple[Movement, Level]]:
        """Apply movements; return those that their level does not allow, with the level."""
        refused = []
        for m in movements:
            place = (tenant, m.sku, m.location)
            identity = (*place, m.cause, m.attempt, m.kind)
            self.require(holds=identity not in self.ledger)
            level = self.levels.get(place)
            if level is None:
                raise OutOfStock([(m.sku, m.location)])
            short = m.available < 0 and not level.covers(-m.available)
            if short or level.reserved + m.reserved < 0:
                refused.append((m, level))
                continue
            self.ledger[identity] = m
            self.levels[place] = replace(
                level,
                available=level.available + m.available,
                reserved=level.reserved + m.reserved,
                version=level.version + 1,
                count_version=level.count_version + (m.kind in ON_THE_SHELF),
            )
        return refused


def _stands(stored: Header, before: Header) -> bool:
    names = ("state", "attempt", "chunk", "version")
    return all(getattr(stored, n) == getattr(before, n) for n in names)
