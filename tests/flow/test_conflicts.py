"""A refusal that passes parks nothing; one that does not is parked in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.crm.verdicts import PATIENCE
from core.customers.model import CustomerDraft
from local.twin.faults.aim import Aim
from local.twin.faults.kinds import KNOWN
from local.twin.faults.plan import Script
from tests.flow.faults import script

if TYPE_CHECKING:
    from tests.flow.shop import Shop

KINDS = ("products", "contacts", "orders", "line_items")


def settle(shop: Shop) -> int:
    """Run the writer as its nudges would until nothing is owed; return the runs."""
    runs = 0
    while shop.owed():
        shop.sync(after=61)
        runs += 1
        assert runs < 40, shop.owed()
    return runs


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_that_meets_another_write_parks_none_of_its_records(shop: Shop, kind: str) -> None:
    """A 409 of a good batch, and of each of its halves, parks nothing: all lands a little later."""
    shop.products(f"P-{number}" for number in range(4))
    lines = [(f"P-{number}", 1) for number in range(4)]
    for number in range(3):
        shop.order(lines, customer=CustomerDraft(f"C-{number}", f"c{number}@example.com"))
    script(shop.twin.twin, f"{kind}/batch/upsert", status=409, times=5)
    settle(shop)
    assert parked(shop) == []
    assert [len(shop.shown(k)) for k in KINDS] == [4, 3, 3, 12]


def test_a_record_that_never_stops_to_conflict_is_parked(shop: Shop) -> None:
    """What is refused for a passing reason again and again is an operator's matter at last."""
    shop.product("A-1")
    met = script(shop.twin.twin, "products/batch/upsert", status=409, times=99)
    settle(shop)
    assert met.met == PATIENCE + 1
    assert parked(shop) == ["CONFLICT"]


def test_a_line_that_never_stops_to_conflict_is_parked_and_its_order_is_there(shop: Shop) -> None:
    """A line has no mark of its own: its order's attempts bound it too."""
    shop.product("A-1")
    shop.order([("A-1", 1)])
    script(shop.twin.twin, "line_items/batch/upsert", status=409, times=99)
    settle(shop)
    assert parked(shop) == ["CONFLICT"]
    assert len(shop.shown("orders")) == 1


def test_hubspots_own_error_for_one_input_is_not_the_records_fault(shop: Shop) -> None:
    """A batch of which some inputs failed inside HubSpot is completed later; nothing is parked."""
    shop.products(f"P-{number}" for number in range(10))
    shop.twin.twin.faults.scripts.append(Script(KNOWN["partial"], Aim("products/batch/upsert"), 2))
    settle(shop)
    assert parked(shop) == []
    assert len(shop.shown("products")) == 10


def test_an_address_that_another_contact_has_is_no_passing_conflict(shop: Shop) -> None:
    """A 409 that names the holder is parked after the second look, without any more patience."""
    shop.product("A-1")
    shop.order([("A-1", 1)], customer=CustomerDraft("C-1", "ada@example.com"))
    refusing = script(shop.twin.twin, "contacts/batch/read", status=400, times=9)
    made = {"properties": {"email": "ada@example.com"}, "associations": []}
    assert shop.twin.call("POST", "/crm/objects/2026-09/contacts", made).status == 201
    settle(shop)
    assert refusing.met == 2
    assert parked(shop) == ["CONFLICT"]


def parked(shop: Shop) -> list[str]:
    """Return the category of each record that is parked."""
    found = shop.dynamodb.scan(
        TableName=shop.core,
        FilterExpression="sk = :sk",
        ExpressionAttributeValues={":sk": {"S": "PARKED"}},
    )["Items"]
    return [item["category"]["S"] for item in found if "cured_at" not in item]
