"""A made-up day of a shop, the same at every run: products, customers and their orders."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

SEED = 20261121
OPENING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CURRENCY = "GBP"

Json = dict[str, Any]

_GOODS = (
    "Mug",
    "Plate",
    "Bowl",
    "Candle",
    "Lantern",
    "Basket",
    "Clock",
    "Cushion",
    "Frame",
    "Tray",
)
_COLOURS = ("red", "blue", "green", "white", "oak", "brass")
_PEOPLE = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Tony", "Frances", "Ken")


REPEATS_A_SKU, OWN_PRICE, SHIPPED, TAXED, DISCOUNTED = 0.3, 0.2, 0.6, 0.3, 0.1
"""How likely an order (or a line, for its price) has each of these."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its opening stock at the location `main`; the price in minor units."""

    sku: str
    name: str
    price: int
    stock: int


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """One order to place: its Idempotency-Key, how often it is sent, and whether stock allows it.

    `person` tells whose order it is: the same word, the same customer; None, nobody's.
    """

    key: str
    body: Json
    person: str | None = None
    sends: int = 1
    in_stock: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """All that is put and placed."""

    products: tuple[Product, ...]
    orders: tuple[PlacedOrder, ...]


def make_day(orders: int = 60, seed: int = SEED) -> Day:
    """Return a day with this many ordinary orders, one of many lines, and one beyond the stock."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable day, not a secret
    products = _products(chance)
    placed = [_order(chance, number, products) for number in range(orders)]
    placed.append(_whole_range(orders, products))
    placed.append(_too_many(orders + 1, products[0]))
    return Day(products, tuple(placed))


def _products(chance: random.Random) -> tuple[Product, ...]:
    """Sixty products, two of which differ by case alone."""
    names = [f"{colour} {good}" for good in _GOODS for colour in _COLOURS]
    skus = [f"{good[:3].upper()}-{colour.upper()}" for good in _GOODS for colour in _COLOURS]
    skus[1] = skus[0].lower()
    return tuple(
        Product(sku, name.capitalize(), chance.randrange(95, 4_995, 5), chance.randrange(400, 900))
        for sku, name in zip(skus, names, strict=True)
    )


def _order(chance: random.Random, number: int, products: tuple[Product, ...]) -> PlacedOrder:
    """One to eight lines; a SKU may come twice, at another price the second time."""
    person, customer = _customer(chance, number)
    lines = [_line(chance, p) for p in chance.sample(products, chance.randint(1, 7))]
    if chance.random() < REPEATS_A_SKU:
        again = lines[0]["sku"]
        lines.append({"sku": again, "quantity": 1, "unit_price": chance.randrange(50, 900)})
    body = {**_frame(number), "lines": lines, "charges": _charges(chance)}
    if customer is not None:
        body["customer"] = customer
    return PlacedOrder(f"demo-{number}", body, person, sends=3 if number % 10 == 0 else 1)


def _line(chance: random.Random, product: Product) -> Json:
    line: Json = {"sku": product.sku, "quantity": chance.randint(1, 6)}
    if chance.random() < OWN_PRICE:
        line["unit_price"] = product.price - chance.randint(1, 40)
    return line


def _customer(chance: random.Random, number: int) -> tuple[str | None, Json | None]:
    """Known by e-mail, by the shop's own id, by both; a guest with a name; or nobody at all."""
    who = chance.randrange(len(_PEOPLE))
    name = _PEOPLE[who]
    email = f"{name.lower()}@example.com"
    match chance.randrange(4):
        case 0:
            return None, None
        case 1:
            return f"guest {number}", {"first_name": name, "last_name": "Guest"}
    known: Json = {"first_name": name, "last_name": "Example"}
    if who % 3 != 1:
        known["email"] = email
    if who % 3 != 0:
        known["external_id"] = f"C-{who:04d}"
    return name, known


def _charges(chance: random.Random) -> list[Json]:
    charges: list[Json] = []
    if chance.random() < SHIPPED:
        charges.append({"kind": "shipping", "label": "Standard", "amount": 395})
    if chance.random() < TAXED:
        charges.append({"kind": "tax", "amount": chance.randint(20, 900)})
    if chance.random() < DISCOUNTED:
        charges.append({"kind": "discount", "label": "Welcome", "amount": -25})
    return charges


def _whole_range(number: int, products: tuple[Product, ...]) -> PlacedOrder:
    """One of everything: more SKUs than one transaction holds."""
    lines = [{"sku": product.sku, "quantity": 1} for product in products]
    customer = {"external_id": "C-WHOLESALE", "email": "buyer@wholesale.example.com"}
    body = {**_frame(number), "customer": customer, "lines": lines}
    return PlacedOrder(f"demo-{number}", body, "wholesale", sends=2)


def _too_many(number: int, product: Product) -> PlacedOrder:
    """More than there ever was: refused, and nothing of it may be left anywhere."""
    lines = [{"sku": product.sku, "quantity": product.stock + 1}]
    return PlacedOrder(f"demo-{number}", {**_frame(number), "lines": lines}, in_stock=False)


def _frame(number: int) -> Json:
    at = OPENING + timedelta(minutes=7 * number)
    return {
        "external_id": f"DEMO-{number:05d}",
        "currency": CURRENCY,
        "placed_at": at.isoformat().replace("+00:00", "Z"),
    }
