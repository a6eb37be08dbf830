"""404: what is not there, and what is another's: the two look the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.ulids import Ulids
from tests.support.doors import as_role, event
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop

OTHER: dict[str, Any] = {
    "identity": as_role("Both"),
    "headers": {"Countersign-Tenant": "other"},
}


def test_anothers_order_is_no_order(shop: Shop) -> None:
    """Guarantee: another tenant's order id answers to the byte as an id that never was."""
    shop.stock("A", 10)
    placed = shop.door.place(order()).json["id"]
    missing = "/v1/orders/{id}"
    made = event(
        "GET", missing, f"/v1/orders/{placed}", None, OTHER["headers"], identity=OTHER["identity"]
    )
    with nothing_written(shop):
        theirs = shop.door.call(made)
        made = event(
            "GET",
            missing,
            f"/v1/orders/{Ulids().new()}",
            None,
            OTHER["headers"],
            identity=OTHER["identity"],
        )
        nobodys = shop.door.call(made)
    assert_problem(theirs, 404, "order_not_found")
    assert (theirs.status, theirs.text, theirs.headers) == (
        nobodys.status,
        nobodys.text,
        nobodys.headers,
    )
    assert shop.door.get_order(placed).status == 200


def test_only_the_request_id_differs(shop: Shop) -> None:
    """Guarantee: two refusals differ in the request id and in nothing else."""
    first = shop.door.get_order(Ulids().new(), requestId="one")
    second = shop.door.get_order(Ulids().new(), requestId="two")
    assert first.text.replace("urn:request:one", "urn:request:two") == second.text


@pytest.mark.parametrize(
    "order_id",
    ["x", "01M806GQ69YTRBHB27YD9EXY9B", "0" * 27, "%00", "HEADER", "..", "a#b", "é", "\ufffd", " "],
)
def test_what_is_no_id_is_no_order(shop: Shop, order_id: str) -> None:
    """Guarantee: an id in any other form is 404, never an error of ours."""
    assert shop.door.get_order(order_id).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1"),
        ("GET", "/"),
        ("DELETE", "/v1/orders/01m806gq69ytrbhb27yd9exy9b"),
        ("PUT", "/v1/orders"),
        ("HEAD", "/v1/orders"),
        ("OPTIONS", "/v1/orders"),
        ("POST", "/v1/orders/01m806gq69ytrbhb27yd9exy9b"),
        ("GET", "/v1/orders/a/b/c"),
        ("POST", "/v2/orders"),
        ("POST", "/v1/ordersx"),
    ],
)
def test_an_undeclared_route_is_nothing(shop: Shop, method: str, path: str) -> None:
    """Guarantee: what the route table does not declare is 404, whoever asks."""
    made = event(method, path, path, order(), {"Idempotency-Key": "k"})
    raw = shop.handlers[1].handler(made, None)
    assert raw["statusCode"] == 404, raw


def test_the_hubspot_door_has_no_orders(shop: Shop) -> None:
    """Guarantee: a route answers at its own doors only."""
    shop.stock("A", 10)
    with nothing_written(shop):
        assert_problem(shop.door.place(order(), stage="hubspot"), 404, "not_found")
