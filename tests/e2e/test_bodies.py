"""Whatever is sent, the answer is the caller's fault or the caller's order: never a 5xx."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.e2e.door import assert_problem

if TYPE_CHECKING:
    from tests.e2e.door import SignedDoor

GOOD = {"currency": "GBP", "lines": [{"sku": "A", "quantity": 1}]}

BAD: dict[str, tuple[object, int]] = {
    "not JSON": (b"{", 400),
    "no body": (None, 400),
    "bad UTF-8": (b'{"currency":"\xff\xfe","lines":[]}', 400),
    "a list": ([], 400),
    "an unknown field": (GOOD | {"surprise": 1}, 400),
    "an unknown field of a line": (GOOD | {"lines": [{"sku": "A", "quantity": 1, "x": 1}]}, 400),
    "no lines": (GOOD | {"lines": []}, 400),
    "a text for a number": (GOOD | {"lines": [{"sku": "A", "quantity": "1"}]}, 400),
    "a fraction": (GOOD | {"lines": [{"sku": "A", "quantity": 1.5}]}, 400),
    "an absurd number": (GOOD | {"lines": [{"sku": "A", "quantity": 10**30}]}, 400),
    "nothing ordered": (GOOD | {"lines": [{"sku": "A", "quantity": 0}]}, 400),
    "NaN": (b'{"currency":"GBP","lines":[{"sku":"A","quantity":NaN}]}', 400),
    "too deep": (b"[" * 100_000, 400),
    "over a megabyte": (GOOD | {"external_id": "x" * 1_100_000}, 413),
    "too many lines": (GOOD | {"lines": [{"sku": "A", "quantity": 1}] * 1_401}, 413),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_body_is_refused_with_its_reason(door: SignedDoor, name: str) -> None:
    """Each kind of nonsense has a 400 or a 413 that says what is wrong."""
    body, status = BAD[name]
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert_problem(door.call("POST", "/v1/orders", body, headers=key), status)


def test_a_refusal_names_the_field(door: SignedDoor) -> None:
    """A caller's programmer learns from the answer which field to mend."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = GOOD | {"lines": [{"sku": "A", "quantity": 1, "colour": "red"}]}
    answer = door.call("POST", "/v1/orders", body, headers=key)
    assert any("colour" in error["field"] for error in answer.json()["errors"]), answer.text


def test_an_order_without_a_key_is_refused(door: SignedDoor) -> None:
    """No unsafe call without an Idempotency-Key: its retry could not be told from another order."""
    assert_problem(door.call("POST", "/v1/orders", GOOD), 400)


def test_an_unknown_order_is_not_found(door: SignedDoor) -> None:
    """What is not there is 404, in the same words as what belongs to somebody else."""
    assert_problem(door.call("GET", "/v1/orders/01m806qsbbxvce4nj5merps3s4"), 404)
