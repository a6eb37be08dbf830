"""A hundred buyers at the signed door want the last unit."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countersign import Client
    from tests.e2e.door import SignedDoor

BUYERS = 100
AT_ONCE = 16


def test_the_last_unit_is_sold_once(door: SignedDoor, client: Client) -> None:
    """One order is placed; all others hear that it is sold out, or to try again; one line moves."""
    stock = [{"location": "main", "quantity": 1}]
    client.put_product(
        "LAST-1", {"name": "The last", "price": 100, "currency": "GBP", "opening_stock": stock}
    )
    order = {"currency": "GBP", "lines": [{"sku": "LAST-1", "quantity": 1}]}

    def buy(_: int) -> tuple[int, str]:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = door.call("POST", "/v1/orders", order, headers=key)
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = Counter(threads.map(buy, range(BUYERS)))
    assert answers.pop((201, "")) == 1
    assert set(answers) <= {(409, "out_of_stock"), (503, "stock_busy")}, answers
    assert answers[409, "out_of_stock"] > 0

    left = door.call("GET", "/v1/stock/LAST-1").json()
    assert (left["available"], left["reserved"]) == (0, 1)
    movements = door.call("GET", "/v1/stock/LAST-1/ledger").json()["movements"]
    assert Counter(m["kind"] for m in movements) == {"opening": 1, "reserve": 1}
