"""Putting and reading products and their stock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from core.contention import Patience, Superseded
from core.errors import Conflict, FieldError, NotFound
from core.inventory.model import MAX_LOCATIONS, Level, Movement, MovementKind, Product
from core.inventory.ports import ProductChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.ids import Ids
    from core.inventory.ports import InventoryStore


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as a caller wants it; `opening_stock` maps locations to quantities."""

    sku: str
    name: str
    price: int
    currency: str
    description: str | None
    backorder: bool
    opening_stock: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory's use cases."""

    store: InventoryStore
    clock: Clock
    ids: Ids
    random: Random

    def put_product(self, act: Act, draft: ProductDraft) -> tuple[Product, bool]:
        """Make the product be as the draft says; return it and whether it is new.

        The same draft again changes nothing. Opening stock is set once per location: another
        quantity is a `Conflict`, since stock is then changed by counts and adjustments.
        """
        patience = Patience(self.clock, self.random)
        while True:
            product, levels = self.store.find(act.principal.tenant, draft.sku)
            change = self._change(act.principal.tenant, draft, product, levels)
            if change is None:
                return existing(product), False
            entry = act.entry(
                self.ids.new(),
                self.clock.now(),
                "product.put",
                f"product/{change.after.id}",
                fields=dict.fromkeys(_changed(change), ""),
            )
            try:
                patience.until_done(partial(self.store.save, change, entry))
            except Superseded:
                patience.wait()
                continue
            return change.after, product is None

    def get_product(self, tenant: str, sku: str) -> Product:
        """Return the product; `NotFound`."""
        return existing(self._find(tenant, sku)[0])

    def get_stock(self, tenant: str, sku: str) -> tuple[Level, ...]:
        """Return the stock of a SKU at every location that has a level; `NotFound`."""
        product, levels = self._find(tenant, sku)
        existing(product)
        return levels

    def _find(self, tenant: str, sku: str) -> tuple[Product | None, tuple[Level, ...]]:
        patience = Patience(self.clock, self.random)
        return patience.until_done(partial(self.store.find, tenant, sku))

    def _change(
        self,
        tenant: str,
        draft: ProductDraft,
        product: Product | None,
        levels: tuple[Level, ...],
    ) -> ProductChange | None:
        now = self.clock.now()
        after = self._wanted(tenant, draft, product, now)
        known = {level.location: level for level in levels}
        _refuse_second_opening(draft, known)
        opened = tuple(
            _opening(after, location, quantity, now)
            for location, quantity in sorted(draft.opening_stock.items())
            if location not in known
        )
        refuse_too_many_locations(len(known) + len(opened))
        reflagged = tuple(level for level in levels if level.backorder != draft.backorder)
        if product is not None and after == product and not opened and not reflagged:
            return None
        return ProductChange(tenant, product, after, opened, reflagged)

    def _wanted(
        self, tenant: str, draft: ProductDraft, product: Product | None, now: int
    ) -> Product:
        if product is None:
            return Product(
                id=self.ids.new(),
                sku=draft.sku,
                name=draft.name,
                price=draft.price,
                currency=draft.currency,
                created_at=now,
                updated_at=now,
                description=draft.description,
                backorder=draft.backorder,
                speaks_for_case=self.store.speaks_for_case(tenant, draft.sku),
            )
        same = replace(
            product,
            name=draft.name,
            price=draft.price,
            currency=draft.currency,
            description=draft.description,
            backorder=draft.backorder,
        )
        if same == product:
            return product
        return replace(same, version=product.version + 1, updated_at=now)


def refuse_too_many_locations(count: int) -> None:
    """Raise `Conflict` above the locations that one SKU can have."""
    if count > MAX_LOCATIONS:
        raise Conflict("too_many_locations", f"A SKU has at most {MAX_LOCATIONS} locations.")


def _opening(product: Product, location: str, quantity: int, now: int) -> tuple[Level, Movement]:
    level = Level(product.sku, location, quantity, 0, product.backorder, opening=quantity)
    movement = Movement(
        product.id, 1, product.sku, location, MovementKind.OPENING, quantity, 0, now
    )
    return level, movement


def _refuse_second_opening(draft: ProductDraft, known: Mapping[str, Level]) -> None:
    wrong = tuple(
        FieldError(
            f"opening_stock.{location}", "already_set", "This location has its opening stock."
        )
        for location, quantity in sorted(draft.opening_stock.items())
        if location in known and known[location].opening != quantity
    )
    if wrong:
        raise Conflict(
            "opening_stock_already_set",
            "Opening stock is set once; change it by a count or an adjustment.",
            fields=wrong,
        )


def existing(product: Product | None) -> Product:
    """Return the product; `NotFound` when there is none."""
    if product is None:
        raise NotFound("product_not_found", "There is no such product.")
    return product


def _changed(change: ProductChange) -> list[str]:
    names = ("name", "price", "currency", "description", "backorder")
    before = change.before
    changed = [n for n in names if before is None or getattr(before, n) != getattr(change.after, n)]
    return changed + [f"stock.{level.location}" for level, _ in change.opened]
