"""429: more calls than a principal's share, at either door, and what it does not touch."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from core.gcra import Limit
from tests.faults.injector import Fault, injected_into_moto
from tests.support.doors import as_role, token_event
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.doors import Reply
    from tests.support.shop import Shop

FEW = Limit.per_second(1 / 60, 3)


@contextmanager
def _few(shop: Shop) -> Iterator[None]:
    """Let each principal make three calls of orders, and then one a minute."""
    with patch.object(shop.handlers[1].edge.share, "_limit", FEW):
        yield


def test_beyond_its_share_a_principal_waits(shop: Shop) -> None:
    """Guarantee: 429 with the seconds to wait, nothing written, and others go on."""
    shop.stock("A", 9)
    with _few(shop):
        assert [shop.door.place(order(), f"k{n}").status for n in range(3)] == [201] * 3
        with nothing_written(shop):
            reply = shop.door.place(order(), "k3")
        assert_problem(reply, 429, "too_many_requests")
        assert 1 <= int(reply.headers["retry-after"]) <= 60
        both = {"identity": as_role("Both"), "headers": {"Countersign-Tenant": "main"}}
        assert shop.door.place(order(), "k4", **both).status == 201
    assert shop.door.place(order(), "k3").status == 201


def test_a_share_is_of_all_sessions_of_a_role(shop: Shop) -> None:
    """Guarantee: another session name, and a call that is refused, count all the same."""
    with _few(shop):
        for n in range(3):
            reply = shop.door.get_order("0" * 26, identity=as_role("Caller", session=f"s-{n}"))
            assert reply.status == 404
        reply = shop.door.get_order("0" * 26, identity=as_role("Caller", session="s-9"))
        assert_problem(reply, 429, "too_many_requests")
        reader = as_role("Reader")
        statuses = [shop.door.place(order(), identity=reader).status for _ in range(4)]
        assert statuses == [403, 403, 403, 429]


def test_the_token_door_counts_too(shop: Shop) -> None:
    """Guarantee: a key has its share in the handler, whatever the gateway's throttle is."""

    def read() -> Reply:
        made = token_event("GET", "/v1/orders/{id}", f"/v1/orders/{'0' * 26}")
        return shop.door.call(made)

    with _few(shop):
        assert [read().status for _ in range(3)] == [404] * 3
        assert_problem(read(), 429, "too_many_requests")


def test_a_stranger_has_no_share(shop: Shop) -> None:
    """Guarantee: who is nobody leaves no item behind, so a flood of strangers costs no writes."""
    before = shop.items("access")
    assert shop.door.place(order(), identity=as_role("Stranger")).status == 403
    assert shop.items("access") == before


def test_what_cannot_be_counted_is_503(shop: Shop) -> None:
    """Guarantee: a store that cannot count lets nobody through, and says that it is busy."""
    with injected_into_moto(shop.handlers[1].dynamodb) as faults:
        faults.operations = frozenset({"UpdateItem"})
        faults.script = [Fault.THROTTLE] * 9
        assert_problem(shop.door.get_order("0" * 26), 503, "stock_busy")
