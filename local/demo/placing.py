"""The day goes through the signed door, with the project's own client."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from countersign import Client, ConflictError
from countersign.errors import CountersignError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from countersign import Target
    from countersign.flavours import Flavour
    from local.demo.day import Day, PlacedOrder, Product

WORKERS = 4

Json = dict[str, Any]


@dataclass(slots=True)
class Placed:
    """What the door answered: orders by Idempotency-Key, refusals, and what should not have been.

    `surprises` are sentences: a refused order that stock allows, an accepted one that it does not,
    another answer to the same key.
    """

    orders: dict[str, Json] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)


def place_day(target: Target, day: Day, caller: Flavour | None = None) -> Placed:
    """Put the products, then place the orders, several at a time; without `caller` as the role."""
    placed = Placed()
    with Client(target, flavour=caller) as client, ThreadPoolExecutor(WORKERS) as pool:
        for wave in _waves(day.products):
            list(pool.map(lambda product: _put(client, product), wave))
        first, *rest = day.orders
        _place(client, first, placed)
        if not placed.surprises:  # if not even one can be placed, sixty failures tell no more
            list(pool.map(lambda order: _place(client, order, placed), rest))
    return placed


def _waves(products: Iterable[Product]) -> tuple[list[Product], list[Product]]:
    """Part the products so that of two that differ by case alone, the day's first is put first."""
    first: dict[str, Product] = {}
    later = [p for p in products if first.setdefault(p.sku.casefold(), p) is not p]
    return list(first.values()), later


def _put(client: Client, product: Product) -> None:
    stock = [{"location": "main", "quantity": product.stock}]
    body = {"name": product.name, "price": product.price, "currency": "GBP", "opening_stock": stock}
    client.put_product(product.sku, body)


def _place(client: Client, order: PlacedOrder, placed: Placed) -> None:
    """Send the order as often as the day says; every answer to one key must be the same order."""
    for _ in range(order.sends):
        try:
            answer = client.place_order(order.body, order.key)
        except ConflictError as refusal:
            placed.refused[order.key] = refusal.code
            if order.in_stock or refusal.code != "out_of_stock":
                placed.surprises.append(f"{order.key} was refused: {refusal}")
            continue
        except CountersignError as error:
            placed.surprises.append(f"{order.key} failed: {error}")
            continue
        first = placed.orders.setdefault(order.key, answer)
        if first != answer:
            placed.surprises.append(f"{order.key} got another answer when it was sent again")
        if not order.in_stock:
            placed.surprises.append(f"{order.key} was accepted beyond the stock")
