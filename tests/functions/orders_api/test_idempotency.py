"""An Idempotency-Key over the life of a call: in flight, given up, lease ended, released."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from core.clock import SystemClock
from core.orders.release import STALE_AFTER_MS
from core.orders.sweep import Sweep
from core.ulids import Ulids
from tests.faults.injector import Fault, injected
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import open_emulated_shop, order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.emulator_dynamodb import Emulated
    from tests.support.shop import Shop


LINES = [{"sku": f"S{n:02}", "quantity": 1, "unit_price": 1} for n in range(41)]
"""Two chunks."""


def _items(shop: Shop, sk: str) -> list[dict[str, Any]]:
    return [i for i in shop.items() if i["sk"] == sk]


@pytest.fixture
def stocked(emulated: Emulated) -> Iterator[Shop]:
    """Return a shop with ten of each SKU, their levels put past the door to be quick."""
    with open_emulated_shop(emulated) as shop:
        shop.stock("S00", 10)
        (level,) = _items(shop, "LEVEL#main")
        for line in LINES[1:]:
            shop.put(level | {"pk": f"main#SKU#{line['sku']}", "sku": line["sku"]})
        yield shop


def test_a_busy_call_gives_its_lease_up(stocked: Shop) -> None:
    """Guarantee: after a 503 in the middle a retry goes on at once, with the same order."""
    with injected(stocked.handlers[1].dynamodb) as injector:
        injector.script = [None]
        injector.decide = lambda _: (
            Fault.CONFLICT if len(injector.writes[-1]["TransactItems"]) > 1 else None
        )
        assert_problem(stocked.door.place(order(*LINES)), 503, "stock_busy")
    (header,) = _items(stocked, "HEADER")
    assert (header["state"], header["chunk"]) == ("reserving", 1)
    again = stocked.door.place(order(*LINES))
    assert (again.status, again.json["id"]) == (201, header["id"])
    assert {(i["available"], i["reserved"]) for i in _items(stocked, "LEVEL#main")} == {(9, 1)}


def _die_after_first_chunk(shop: Shop) -> dict[str, Any]:
    """Leave the order as a call that died after its first chunk leaves it; return its header."""

    class _DiedError(BaseException):
        pass

    def die(_: str) -> None:
        raise _DiedError

    with injected(shop.handlers[1].dynamodb) as injector:
        injector.script = [None]
        injector.decide = die
        with pytest.raises(_DiedError):
            shop.door.place(order(*LINES))
    (header,) = _items(shop, "HEADER")
    return header


def _end_lease(shop: Shop) -> None:
    (record,) = _items(shop, "RECORD")
    past = int(time.time() * 1000) - 1
    shop.put(record | {"lease_until": past})


def test_a_dead_calls_lease_is_respected_then_taken_over(stocked: Shop) -> None:
    """Guarantee: inside the lease 409; after it the next call goes on where the dead one was."""
    header = _die_after_first_chunk(stocked)
    assert_problem(stocked.door.place(order(*LINES)), 409, "idempotency_in_flight")
    _end_lease(stocked)
    again = stocked.door.place(order(*LINES))
    assert (again.status, again.json["id"]) == (201, header["id"])
    assert {(i["available"], i["reserved"]) for i in _items(stocked, "LEVEL#main")} == {(9, 1)}


def test_a_take_over_whose_reply_is_lost_goes_on(stocked: Shop) -> None:
    """Guarantee: a call does not meet its own lease as somebody else's."""
    header = _die_after_first_chunk(stocked)
    _end_lease(stocked)
    with injected(stocked.handlers[1].dynamodb) as injector:
        injector.script = [Fault.LOST, Fault.LOST]
        again = stocked.door.place(order(*LINES))
    assert (again.status, again.json["id"]) == (201, header["id"])


def test_another_body_cannot_take_a_dead_call_over(stocked: Shop) -> None:
    """Guarantee: the key keeps its body, whatever became of the first call."""
    _die_after_first_chunk(stocked)
    _end_lease(stocked)
    assert_problem(stocked.door.place(order(*LINES[:1])), 422, "idempotency_key_reused")


def test_an_unfinished_order_is_not_shown(stocked: Shop) -> None:
    """Guarantee: nobody sees an order before it stands."""
    header = _die_after_first_chunk(stocked)
    assert_problem(stocked.door.get_order(header["id"]), 404, "order_not_found")


def test_a_swept_order_is_placed_by_the_next_attempt(stocked: Shop) -> None:
    """Guarantee: after the sweep all stock is free; a retry places the same order, attempt 2."""
    header = _die_after_first_chunk(stocked)
    stale = header | {"updated_at": header["updated_at"] - STALE_AFTER_MS}
    stocked.put(stale)
    assert Sweep(stocked.handlers[1].store, SystemClock(), Ulids()).sweep("main", header["id"])
    assert {(i["available"], i["reserved"]) for i in _items(stocked, "LEVEL#main")} == {(10, 0)}
    assert "work_queue" not in _items(stocked, "HEADER")[0]
    _end_lease(stocked)
    again = stocked.door.place(order(*LINES))
    assert (again.status, again.json["id"]) == (201, header["id"])
    (after,) = _items(stocked, "HEADER")
    assert (after["attempt"], after["state"]) == (2, "placed")
    assert {(i["available"], i["reserved"]) for i in _items(stocked, "LEVEL#main")} == {(9, 1)}


def test_lines_over_forty_skus_are_one_order(stocked: Shop) -> None:
    """Guarantee: 41 SKUs take two transactions and end as one placed order.

    What is hopeless in the second one is refused before the first is written.
    """
    short = LINES[40] | {"quantity": 11}
    with nothing_written(stocked):
        refused = stocked.door.place(order(*LINES[:40], short), "k1")
    assert (refused.status, refused.fields) == (409, {"lines.40": "out_of_stock"})
    sent = stocked.transactions()
    reply = stocked.door.place(order(*LINES), "k2")
    assert (reply.status, reply.json["state"], len(sent)) == (201, "placed", 2)
    levels = _items(stocked, "LEVEL#main")
    assert {(i["available"], i["reserved"]) for i in levels} == {(9, 1)}
