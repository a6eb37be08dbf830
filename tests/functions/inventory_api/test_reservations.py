"""Reservations: stock set aside for a while, ended exactly once."""

from __future__ import annotations

import importlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.clock import SystemClock
from core.ulids import Ulids
from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import LambdaContext, as_role
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.doors import Reply
    from tests.support.shop import Shop
    from tests.support.stockroom import Counter


def reserve(
    counter: Counter, *lines: tuple[str, int], key: str | None = None, seconds: int | None = None
) -> Reply:
    """Reserve so many of each SKU."""
    body: dict[str, Any] = {"lines": [{"sku": sku, "quantity": q} for sku, q in lines]}
    if seconds is not None:
        body["expires_in_seconds"] = seconds
    return counter.call("reserve", body, key=key)


def numbers(counter: Counter, sku: str = "A") -> tuple[int, int]:
    """Return what is available and reserved."""
    level = counter.stock(sku)
    return level["available"], level["reserved"]


@contextmanager
def later(seconds: int) -> Iterator[Callable[[], dict[str, int]]]:
    """Let all handlers live so much later, and yield a run of the sweeper."""
    with patch.dict(os.environ, ENVIRONMENT):
        sweeper = importlib.import_module("sweeper.handler")
    then = SystemClock().now() + 1000 * seconds
    with patch.object(SystemClock, "now", lambda _: then):
        yield lambda: dict(sweeper.handler({}, LambdaContext()))


def test_a_reservation_sets_stock_aside(shop: Shop, counter: Counter) -> None:
    """Guarantee: available falls, reserved rises, and the answer can be read again."""
    shop.stock("A", 5)
    shop.stock("B", 5)
    reply = reserve(counter, ("B", 1), ("A", 2), ("A", 1), seconds=60)
    assert reply.status == 201
    held = reply.json
    assert held["state"] == "held"
    assert held["lines"] == [
        {"sku": "A", "location": "main", "quantity": 3},
        {"sku": "B", "location": "main", "quantity": 1},
    ]
    assert (numbers(counter), numbers(counter, "B")) == ((2, 3), (4, 1))
    assert reply.headers["location"] == f"/v1/reservations/{held['id']}"
    assert counter.call("get_reservation", id=held["id"]).json == held
    assert counter.stock()["count_version"] == 1


def test_commit_lets_the_goods_leave(shop: Shop, counter: Counter) -> None:
    """Guarantee: reserved and on hand fall, available stays; the shelf's count stays good."""
    shop.stock("A", 5)
    held = reserve(counter, ("A", 3)).json["id"]
    reply = counter.call("commit_reservation", id=held)
    assert (reply.status, reply.json["state"]) == (200, "committed")
    assert counter.stock() == {"available": 2, "reserved": 0, "on_hand": 2, "count_version": 1}
    assert [m["kind"] for m in counter.ledger()] == ["opening", "reserve", "ship"]
    assert counter.balanced()


def test_release_gives_back(shop: Shop, counter: Counter) -> None:
    """Guarantee: after a release the stock is as it was before."""
    shop.stock("A", 5)
    before = counter.stock()
    held = reserve(counter, ("A", 3)).json["id"]
    reply = counter.call("release_reservation", {}, id=held)
    assert (reply.status, reply.json["state"]) == (200, "released")
    assert counter.stock() == before
    assert counter.balanced()


@pytest.mark.parametrize("first", ["commit", "release"])
@pytest.mark.parametrize("second", ["commit", "release"])
def test_a_reservation_ends_once(shop: Shop, counter: Counter, first: str, second: str) -> None:
    """Guarantee: of two calls with keys of their own one is told yes, the other the state."""
    shop.stock("A", 5)
    held = reserve(counter, ("A", 3)).json["id"]
    ended = counter.call(f"{first}_reservation", id=held, key="k").json
    with nothing_written(shop):
        reply = counter.call(f"{second}_reservation", id=held)
        again = counter.call(f"{first}_reservation", id=held, key="k")
    assert_problem(reply, 409, "reservation_not_held")
    assert reply.json["current"] == {"state": ended["state"]}
    assert (again.status, again.json) == (200, ended)


def test_all_or_none(shop: Shop, counter: Counter) -> None:
    """Guarantee: one SKU that is short refuses the whole, names its lines, and writes nothing."""
    shop.stock("A", 5)
    shop.stock("B", 1)
    with nothing_written(shop):
        reply = reserve(counter, ("A", 1), ("B", 1), ("B", 1))
    assert_problem(reply, 409, "out_of_stock")
    assert reply.fields == {"lines.1": "out_of_stock", "lines.2": "out_of_stock"}
    with nothing_written(shop):
        reply = reserve(counter, ("A", 1), ("C", 1))
    assert_problem(reply, 422, "unknown_sku")
    assert reply.fields == {"lines.1": "unknown_sku"}


def test_stock_is_reserved_where_it_lies(shop: Shop, counter: Counter) -> None:
    """Guarantee: what another location holds does not count: none is promised that is not there."""
    shop.stock("A", 1)
    body = {"on_hand": 5, "count_version": 0}
    assert counter.call("count_stock", body, sku="A", location="north").status == 200
    assert_problem(reserve(counter, ("A", 2)), 409, "out_of_stock")
    lines = [{"sku": "A", "quantity": 2, "location": "north"}]
    assert counter.call("reserve", {"lines": lines}).status == 201


def test_the_same_key_reserves_once(shop: Shop, counter: Counter) -> None:
    """Guarantee: a repeat answers the same reservation, another body is 422."""
    shop.stock("A", 5)
    first = reserve(counter, ("A", 5), key="k")
    with nothing_written(shop):
        assert reserve(counter, ("A", 5), key="k").json == first.json
        assert_problem(reserve(counter, ("A", 4), key="k"), 422, "idempotency_key_reused")
    assert numbers(counter) == (0, 5)


def test_forty_skus_are_the_most(shop: Shop, counter: Counter) -> None:
    """Guarantee: forty SKUs fit one transaction; one more is refused before anything is written."""
    for number in range(41):
        shop.stock(f"S{number}", 1)
    lines = [(f"S{number}", 1) for number in range(41)]
    with nothing_written(shop):
        assert_problem(reserve(counter, *lines), 413, "too_many_skus")
    sent = shop.transactions()
    held = reserve(counter, *lines[:40])
    assert held.status == 201
    assert max(len(actions) for actions in sent) <= 100
    assert counter.call("commit_reservation", id=held.json["id"]).status == 200
    assert all(numbers(counter, sku) == (0, 0) for sku, _ in lines[:40])


def test_time_ends_a_reservation(shop: Shop, counter: Counter) -> None:
    """Guarantee: past its time it counts as expired at once; the sweeper gives it back, once."""
    shop.stock("A", 5)
    short = reserve(counter, ("A", 2), seconds=60).json["id"]
    long = reserve(counter, ("A", 1), seconds=600).json["id"]
    with later(30) as sweep:
        assert sweep()["expired"] == 0
    with later(61) as sweep:
        assert counter.call("get_reservation", id=short).json["state"] == "expired"
        for name in ("commit_reservation", "release_reservation"):
            assert_problem(counter.call(name, id=short), 409, "reservation_not_held")
        assert numbers(counter) == (2, 3)
        assert sweep() == {"released": 0, "expired": 1, "contended": 0}
        assert sweep()["expired"] == 0
        assert counter.call("get_reservation", id=short).json["state"] == "expired"
        assert counter.call("commit_reservation", id=long).status == 200
    with later(700) as sweep:
        assert sweep()["expired"] == 0
    assert numbers(counter) == (4, 0)
    assert counter.balanced()


def test_a_contended_expiry_is_left_to_the_next_minute(shop: Shop, counter: Counter) -> None:
    """Guarantee: a conflict stops neither the sweeper nor, later, the expiry."""
    shop.stock("A", 5)
    for _ in range(2):
        reserve(counter, ("A", 1), seconds=1)
    with later(2) as sweep:
        sweep_client = importlib.import_module("sweeper.handler").dynamodb
        with injected_into_moto(sweep_client) as faults:
            faults.script = [Fault.CONFLICT]
            assert sweep() == {"released": 0, "expired": 1, "contended": 1}
        assert sweep()["expired"] == 1
    assert numbers(counter) == (5, 0)


@pytest.mark.parametrize("name", ["reserve", "commit_reservation", "release_reservation"])
def test_a_lost_reply_is_done_once(shop: Shop, counter: Counter, name: str) -> None:
    """Guarantee: each step whose reply is lost is answered as done, and moves stock once."""
    shop.stock("A", 5)
    script: list[Fault | None] = [Fault.LOST, Fault.LOST, Fault.CONFLICT]
    with injected_into_moto(shop.handlers[0].dynamodb) as faults:
        faults.script = script if name == "reserve" else []
        held = reserve(counter, ("A", 2)).json["id"]
        if name != "reserve":
            faults.script = script
            assert counter.call(name, id=held).status == 200
    expected = {"reserve": (3, 2), "commit_reservation": (3, 0), "release_reservation": (5, 0)}
    assert numbers(counter) == expected[name]
    assert counter.balanced()


def test_another_tenants_reservation_is_404(shop: Shop, counter: Counter) -> None:
    """Guarantee: another tenant's reservation answers exactly as one that does not exist."""
    shop.stock("A", 5)
    held = reserve(counter, ("A", 1)).json["id"]
    other = {"headers": {"Countersign-Tenant": "other"}, "identity": as_role("Both")}
    for name in ("get_reservation", "commit_reservation", "release_reservation"):
        for given, context in ((held, other), (Ulids().new(), None), ("x", None)):
            with nothing_written(shop):
                reply = counter.call(name, id=given, context=context)
            assert_problem(reply, 404, "reservation_not_found")


def test_a_body_that_would_be_passed_over_is_refused(shop: Shop, counter: Counter) -> None:
    """Guarantee: a commit of some lines is not taken for a commit of all."""
    shop.stock("A", 5)
    held = reserve(counter, ("A", 2)).json["id"]
    with nothing_written(shop):
        reply = counter.call("commit_reservation", {"lines": []}, id=held)
    assert_problem(reply, 400, "invalid_body")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "A", "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "A", "quantity": 1}], "expires_in_seconds": 0}, "expires_in_seconds"),
        (
            {"lines": [{"sku": "A", "quantity": 1}], "expires_in_seconds": 604_801},
            "expires_in_seconds",
        ),
    ],
)
def test_what_is_no_reservation_is_refused(
    shop: Shop, counter: Counter, body: object, field: str
) -> None:
    """Guarantee: a reservation that is not well formed is refused field by field."""
    shop.stock("A", 5)
    with nothing_written(shop):
        reply = counter.call("reserve", body)
    assert_problem(reply, 400, "invalid_body")
    assert set(reply.fields) == {field}


def test_scopes_of_reservations_are_their_own(shop: Shop, counter: Counter) -> None:
    """Guarantee: whoever may only read stock can neither read nor make reservations."""
    shop.stock("A", 5)
    held = reserve(counter, ("A", 1)).json["id"]
    reader = {"identity": as_role("Reader")}
    body = {"lines": [{"sku": "A", "quantity": 1}]}
    assert_problem(counter.call("reserve", body, context=reader), 403, "forbidden")
    assert_problem(counter.call("get_reservation", id=held, context=reader), 403, "forbidden")
