"""Why stock does not allow an order, said line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import Conflict, FieldError, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.inventory.model import Level
    from core.orders.draft import OrderDraft
    from core.orders.plan import Need


def refuse_hopeless(
    draft: OrderDraft, needs: Iterable[Need], levels: Mapping[tuple[str, str], Level]
) -> None:
    """Raise what a look at the stock already shows: an unknown SKU, or too little of one."""
    wanted = tuple(needs)
    unknown = [n.place for n in wanted if n.place not in levels]
    if unknown:
        raise Unprocessable(
            "unknown_sku",
            "Some lines name a SKU that is not stocked at their location.",
            fields=_fields(draft, unknown, "unknown_sku", "Not stocked at this location."),
        )
    short = [n.place for n in wanted if not levels[n.place].covers(n.quantity)]
    if short:
        raise out_of_stock(draft, short)


def out_of_stock(draft: OrderDraft, short: Iterable[tuple[str, str]]) -> Conflict:
    """Return the refusal that names every line whose SKU is short."""
    return Conflict(
        "out_of_stock",
        "There is not enough stock for this order.",
        fields=_fields(draft, short, "out_of_stock", "Not enough in stock."),
    )


def _fields(
    draft: OrderDraft, places: Iterable[tuple[str, str]], code: str, message: str
) -> tuple[FieldError, ...]:
    wanted = set(places)
    return tuple(
        FieldError(f"lines.{index}", code, f"{line.sku}: {message}")
        for index, line in enumerate(draft.lines)
        if (line.sku, line.location) in wanted
    )
