"""The demo's comparer sees what is wrong, and nothing that is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from local.demo.compare import Records, differences
from local.demo.day import make_day
from local.demo.expected import expected_in_hubspot
from local.demo.placing import place_day
from local.demo.seen import seen_in_hubspot

if TYPE_CHECKING:
    from local.system import System
    from tests.e2e.portal import HubspotPortal


@pytest.fixture(scope="module")
def expected(system: System) -> Records:
    """Place a small day and return what HubSpot must show of it."""
    day = make_day(orders=3)
    placed = place_day(system.target(), day)
    assert not placed.surprises
    return expected_in_hubspot(day, placed)


def drift(system: System, expected: Records) -> list[str]:
    """Return the differing records and fields, of those that this day has made."""
    found = seen_in_hubspot(system.portal)
    mine = {key: fields for key, fields in found.items() if key in expected}
    return [f"{d.kind}.{d.field}" for d in differences(expected, mine)]


def settled(system: System, expected: Records) -> list[str]:
    """Return the drift once there is none, or what is left of it after a minute."""
    deadline = time.monotonic() + 60
    while (found := drift(system, expected)) and time.monotonic() < deadline:
        time.sleep(1)
    return found


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("products", "countersign_available", "7"),
        ("orders", "hs_total_price", "0.01"),
        ("line_items", "quantity", "99"),
        ("contacts", "email", "eve@example.com"),
    ],
)
def test_one_corrupted_field_is_drift_one(
    system: System, expected: Records, hubspot: HubspotPortal, kind: str, field: str, value: str
) -> None:
    """A single field changed in HubSpot is one difference, of that field, and no other."""
    assert settled(system, expected) == []
    own = {"products": "countersign_sku", "contacts": "countersign_customer_id"}
    own |= {"orders": "countersign_order_id", "line_items": "countersign_line_id"}
    keys = [key for (of, key), fields in sorted(expected.items()) if of == kind and fields[field]]
    record = next(r for r in hubspot.dump(kind) if r["properties"].get(own[kind]) == keys[0])
    before = record["properties"][field]
    hubspot.corrupt(kind, record["id"], **{field: value})
    try:
        assert drift(system, expected) == [f"{kind}.{field}"]
    finally:
        hubspot.corrupt(kind, record["id"], **{field: before})


def test_a_missing_record_is_drift(system: System, expected: Records) -> None:
    """A record that HubSpot has lost does not pass for one that agrees."""
    settled(system, expected)
    found = seen_in_hubspot(system.portal)
    lost = next(key for key in sorted(expected) if key[0] == "line_items")
    mine = {key: fields for key, fields in found.items() if key in expected and key != lost}
    (only,) = differences(expected, mine)
    assert (only.kind, only.record, only.field) == (*lost, "")
