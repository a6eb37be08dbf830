"""413: larger than the service takes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from core.web.body import MAX_BODY
from tests.support.doors import event
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop


def test_a_body_over_the_limit_is_refused(shop: Shop) -> None:
    """Guarantee: one byte over is 413, counted in bytes and not in characters."""
    with nothing_written(shop):
        assert_problem(shop.door.place(" " * (MAX_BODY + 1)), 413, "body_too_large")
        assert_problem(shop.door.place("é" * (MAX_BODY // 2 + 1)), 413, "body_too_large")
    assert shop.door.place(" " * MAX_BODY).status == 400


def test_base64_does_not_hide_the_size(shop: Shop) -> None:
    """Guarantee: a binary body counts as what it decodes to."""
    made = event("POST", "/v1/orders", "/v1/orders", headers={"Idempotency-Key": "k"})
    made |= {"body": base64.b64encode(b" " * (MAX_BODY + 1)).decode(), "isBase64Encoded": True}
    assert_problem(shop.door.call(made), 413, "body_too_large")


def test_1401_lines_are_refused(shop: Shop) -> None:
    """Guarantee: what fourteen pages cannot hold is refused before anything is read or written."""
    shop.stock("A", 10_000)
    lines = [{"sku": "A", "quantity": 1}] * 1401
    with nothing_written(shop):
        assert_problem(shop.door.place(order(*lines)), 413, "too_many_lines")


def test_1400_lines_are_an_order(shop: Shop) -> None:
    """Guarantee: 1,400 lines, the most an order can have, stand; their body is within the limit."""
    shop.stock("A", 10_000)
    body = order(*[{"sku": "A", "quantity": 1, "unit_price": n} for n in range(1400)])
    assert len(json.dumps(body)) < MAX_BODY
    reply = shop.door.place(body)
    assert reply.status == 201
    assert reply.json["subtotal"] == sum(range(1400))
    assert shop.door.get_stock("A").json["reserved"] == 1400
