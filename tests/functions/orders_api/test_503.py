"""503: contention is not refusal; the same key stays good."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.ulids import Ulids
from tests.faults.injector import Fault, injected_into_moto
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop


def test_endless_conflict_ends_within_three_seconds(shop: Shop) -> None:
    """Guarantee: a store that always conflicts gives 503 `stock_busy` with Retry-After after 3 s.

    Nothing is written, the same key works once the conflict is over.
    """
    shop.stock("A", 1)
    with injected_into_moto(shop.handlers[1].dynamodb) as faults, nothing_written(shop):
        faults.decide = lambda _: Fault.CONFLICT
        began = time.monotonic()
        reply = shop.door.place(order())
        took = time.monotonic() - began
    assert_problem(reply, 503, "stock_busy")
    assert int(reply.headers["retry-after"]) >= 1
    assert took < 4
    assert len(faults.writes) > 3
    assert shop.door.place(order()).status == 201


def test_a_short_conflict_is_not_noticed(shop: Shop) -> None:
    """Guarantee: what is over in time is waited for: the caller sees 201."""
    shop.stock("A", 1)
    with injected_into_moto(shop.handlers[1].dynamodb) as faults:
        faults.script = [Fault.CONFLICT, Fault.CANCELLED, Fault.CONFLICT]
        assert shop.door.place(order()).status == 201
    assert shop.door.get_stock("A").json["reserved"] == 1


def test_a_lost_reply_is_no_second_order(shop: Shop) -> None:
    """Guarantee: a transaction whose reply is lost counts once, by its token and by its record."""
    shop.stock("A", 5)
    for key, lost in (("k1", 1), ("k2", 2)):
        with injected_into_moto(shop.handlers[1].dynamodb) as faults:
            faults.script = [Fault.LOST] * lost
            first = shop.door.place(order(), key)
        assert first.status == 201
        assert shop.door.place(order(), key).text == first.text
    assert shop.door.get_stock("A").json["reserved"] == 2


def test_a_throttled_read_is_busy_and_no_error(shop: Shop) -> None:
    """Guarantee: reads that are throttled, of the order or of who calls, are 503, never 500."""
    for operation in ("Query", "GetItem"):
        with injected_into_moto(shop.handlers[1].dynamodb) as faults:
            faults.operations = frozenset({operation})
            faults.decide = lambda _: Fault.THROTTLE
            shop.handlers[1].edge.registry._cache.clear()
            reply = shop.door.get_order(Ulids().new())
        assert_problem(reply, 503, "stock_busy")
        assert "retry-after" in reply.headers
        shop.door.get_order(Ulids().new())
