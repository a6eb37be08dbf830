"""The fewest calls to HubSpot that could do it, from the files' figures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.demo.month.expected import Shop

BATCH = 100
"""Records of one upsert or read."""

ASSOCIATIONS = 2_000
"""Associations of one call."""


def calls_least(shop: Shop, import_minutes: int | None) -> int:
    """Return the least number of calls, set-up not counted.

    Every record is written once, every association made once, and products and identified
    customers are looked up once, in full calls. `import_minutes` is given for a live run, in which
    a minute's stock changes are due before the next minute's: then every product is written once
    more and again for every whole minute.
    """
    orders = list(shop.standing.values())
    lines = sum(len(invoice.lines) for invoice in orders)
    products, customers = len(shop.opening), len(shop.customers)
    records = sum(_calls(n, BATCH) for n in (products, customers, len(orders), lines))
    associations = lines + sum(bool(invoice.customer) for invoice in orders)
    reads = _calls(products, BATCH) + _calls(customers, BATCH)
    live = 0 if import_minutes is None else _calls(products, BATCH) * (1 + import_minutes)
    return records + _calls(associations, ASSOCIATIONS) + reads + live


def _calls(things: int, each: int) -> int:
    return -(-things // each)
