"""The Python client: what it signs, what it repeats, and what it raises."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import countersign
from countersign import (
    BusyError,
    ConflictError,
    InvalidError,
    NoAnswerError,
    NotFoundError,
    Problem,
    RefusedError,
)
from tests.clients_hubspot.door import Answer

if TYPE_CHECKING:
    from countersign import Client
    from tests.clients_hubspot.door import Door

ORDER = {"currency": "GBP", "lines": [{"sku": "Tee ß 1", "quantity": 2}]}


def busy(**headers: str) -> Answer:
    """Answer as a door that is overrun."""
    return Answer(503, {"code": "stock_busy", "detail": "Try again."}, headers)


@pytest.mark.parametrize("path", ["/v1/stock/Tee +1@x:y", "/v1/stock/%C3%9F", "/v1/stock/A?b=c d"])
def test_every_path_is_signed_as_it_is_sent(client: Client, door: Door, path: str) -> None:
    """Spaces, letters outside ASCII and queries: botocore's own signer agrees with each."""
    assert client.call("GET", path).status == 200
    assert len(door.received) == 1


def test_a_body_is_signed_with_its_bytes(client: Client) -> None:
    """An order with a letter outside ASCII arrives whole, under a signature that fits."""
    assert client.place_order(ORDER)["lines"] == ORDER["lines"]


def test_an_order_carries_one_key_over_all_its_retries(client: Client, door: Door) -> None:
    """However often a busy door is asked, it is the same order, each time newly signed."""
    door.planned += [busy(), Answer(drop=True)]
    client.place_order(ORDER)
    keys = {call.headers["idempotency-key"] for call in door.received}
    assert (len(door.received), len(keys), len(door.orders)) == (3, 1, 1)


def test_a_post_without_a_key_is_made_once(client: Client, door: Door) -> None:
    """What cannot be told from another order must not be sent again."""
    door.planned += [Answer(drop=True)]
    with pytest.raises(NoAnswerError):
        client.call("POST", "/v1/orders", ORDER)
    assert len(door.received) == 1


def test_retry_after_is_kept(client: Client, door: Door) -> None:
    """The door says when to come back, and the client does not come earlier."""
    door.planned += [busy(**{"Retry-After": "1"})]
    started = time.monotonic()
    client.call("GET", "/v1/stock/A")
    assert time.monotonic() - started >= 1


def test_patience_ends(client: Client, door: Door) -> None:
    """A door that stays busy is reported, not asked for ever."""
    door.planned += [busy()] * 9
    with pytest.raises(BusyError) as refused:
        client.call("GET", "/v1/stock/A")
    assert (refused.value.code, len(door.received)) == ("stock_busy", 3)


def test_a_key_that_is_being_worked_on_is_asked_again(client: Client, door: Door) -> None:
    """409 in flight says that the first answer is on its way; sold out says no."""
    door.planned += [Answer(409, {"code": "idempotency_in_flight"}, {"Retry-After": "0"})]
    assert client.place_order(ORDER)["id"] == "order-1"
    door.planned += [Answer(409, {"code": "out_of_stock", "errors": [{"field": "lines.0"}]})]
    with pytest.raises(ConflictError) as refused:
        client.place_order(ORDER)
    assert refused.value.errors == [{"field": "lines.0"}]
    assert len(door.received) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidError),
        (401, RefusedError),
        (403, RefusedError),
        (404, NotFoundError),
        (409, ConflictError),
        (413, InvalidError),
        (418, Problem),
        (422, InvalidError),
    ],
)
def test_a_refusal_is_an_exception_of_its_kind(
    client: Client, door: Door, status: int, kind: type[Problem]
) -> None:
    """Callers catch what they can act on, with the door's own code and request id."""
    body = {"code": "some_code", "detail": "No.", "instance": "urn:request:7"}
    door.planned += [Answer(status, body)]
    with pytest.raises(Problem) as refused:
        client.order("x")
    assert type(refused.value) is kind
    assert (refused.value.code, refused.value.request_id) == ("some_code", "urn:request:7")
    assert str(refused.value) == f"{status} some_code: No."
    assert len(door.received) == 1


def test_the_public_names_are_these() -> None:
    """Whoever imports the client can rely on these names and on no others."""
    assert sorted(countersign.__all__) == [
        "Answer",
        "BusyError",
        "Client",
        "ClientCredentials",
        "ConflictError",
        "CountersignError",
        "InvalidError",
        "Key",
        "Layered",
        "NoAnswerError",
        "NotFoundError",
        "Problem",
        "RefusedError",
        "SettingsError",
        "Signed",
        "Target",
        "Token",
        "vended",
    ]
