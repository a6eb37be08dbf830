"""Associations in every version: single, batch, default, read, archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.twin.test_objects import VERSIONS as OBJECTS
from tests.twin.test_objects import create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

VERSIONS = {
    "v4": ("/crm/v4/associations", "/crm/v4/objects", 201, 207),
    "2026-03": ("/crm/associations/2026-03", "/crm/objects/2026-03", 201, 207),
    "2026-09": ("/crm/associations/2026-09", "/crm/objects/2026-09", 200, 200),
}
TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 507}
TO_LINE = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 513}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Return each version in turn."""
    return str(request.param)


@pytest.fixture
def order(twin: RunningTwin) -> str:
    """Return the id of an order."""
    return str(create(twin, OBJECTS["2026-09"], "orders", hs_order_name="1")["id"])


@pytest.fixture
def contact(twin: RunningTwin) -> str:
    """Return the id of a contact."""
    return str(create(twin, OBJECTS["2026-09"], "contacts", email="ann@example.com")["id"])


def pair(one: str, other: str, *types: dict[str, Any]) -> dict[str, Any]:
    """One batch input."""
    return {"from": {"id": one}, "to": {"id": other}, **({"types": types} if types else {})}


def test_a_batch_associates_both_ways(
    twin: RunningTwin, version: str, order: str, contact: str
) -> None:
    """From either side the same pair is read, with 507 one way and 508 the other."""
    base, _, created, _ = VERSIONS[version]
    body = {"inputs": [pair(order, contact, TO_CONTACT)]}
    made = twin.call("POST", f"{base}/orders/contacts/batch/create", body)
    assert made.status == created
    for path, one, other, type_id in (
        ("orders/contacts", order, contact, 507),
        ("contacts/orders", contact, order, 508),
    ):
        read = twin.call("POST", f"{base}/{path}/batch/read", {"inputs": [{"id": one}]})
        (result,) = read.body["results"]
        assert result["from"]["id"] == one
        assert result["to"][0]["toObjectId"] == other
        assert [t["typeId"] for t in result["to"][0]["associationTypes"]] == [type_id]


def test_associating_again_changes_nothing(
    twin: RunningTwin, version: str, order: str, contact: str
) -> None:
    """A repeated call is no error and makes no second link."""
    base, objects, created, _ = VERSIONS[version]
    body = {"inputs": [pair(order, contact, TO_CONTACT)]}
    for _ in range(2):
        reply = twin.call("POST", f"{base}/orders/contacts/batch/create", body)
        assert reply.status == created
    default = f"{objects}/orders/{order}/associations/default/contacts/{contact}"
    assert twin.call("PUT", default).status == 200
    read = twin.call("POST", f"{base}/orders/contacts/batch/read", {"inputs": [{"id": order}]})
    assert len(read.body["results"][0]["to"]) == 1


def test_a_missing_record_is_an_error_entry(
    twin: RunningTwin, version: str, order: str, contact: str
) -> None:
    """The other pairs are made."""
    base, _, _, partial = VERSIONS[version]
    body = {"inputs": [pair(order, "404", TO_CONTACT), pair(order, contact, TO_CONTACT)]}
    made = twin.call("POST", f"{base}/orders/contacts/batch/create", body)
    assert made.status == partial
    assert made.body["numErrors"] == 1
    assert [r["toObjectId"] for r in made.body["results"]] == [contact]


def test_reading_a_record_without_any_is_an_error_entry(
    twin: RunningTwin, version: str, order: str
) -> None:
    """HubSpot names it instead of answering an empty list."""
    base, _, _, partial = VERSIONS[version]
    read = twin.call("POST", f"{base}/orders/contacts/batch/read", {"inputs": [{"id": order}]})
    assert (read.status, read.body["results"]) == (partial, [])
    assert read.body["errors"][0]["context"] == {"fromObjectId": [order]}


def test_a_wrong_type_refuses_the_batch(
    twin: RunningTwin, version: str, order: str, contact: str
) -> None:
    """513 leads to line items, not to contacts; products lead nowhere."""
    base, objects, _, _ = VERSIONS[version]
    body = {"inputs": [pair(order, contact, TO_LINE)]}
    assert twin.call("POST", f"{base}/orders/contacts/batch/create", body).status == 400
    product = create(twin, OBJECTS["2026-09"], "products", name="A")["id"]
    path = f"{objects}/orders/{order}/associations/default/products/{product}"
    assert twin.call("PUT", path).status == 400


def test_the_default_type_is_the_documented_one(
    twin: RunningTwin, version: str, order: str
) -> None:
    """Single and batch: order to line item is 513, back 514."""
    base, objects, _, _ = VERSIONS[version]
    line = create(twin, OBJECTS["2026-09"], "line_items", name="L")["id"]
    path = f"{objects}/orders/{order}/associations/default/line_items/{line}"
    put = twin.call("PUT", path)
    batch = f"{base}/orders/line_items/batch/associate/default"
    posted = twin.call("POST", batch, {"inputs": [pair(order, line)]})
    for reply in (put, posted):
        assert reply.status == 200
        found = {r["associationSpec"]["associationTypeId"] for r in reply.body["results"]}
        assert found == {513, 514}


def test_a_pair_is_put_listed_and_deleted(
    twin: RunningTwin, version: str, order: str, contact: str
) -> None:
    """The per-record paths; listing them is gone from 2026-09."""
    _, objects, _, _ = VERSIONS[version]
    listed = f"{objects}/orders/{order}/associations/contacts"
    assert twin.call("PUT", f"{listed}/{contact}", [TO_CONTACT]).status == 201
    if version == "2026-09":
        assert twin.call("GET", listed).status == 404
    else:
        assert [r["toObjectId"] for r in twin.call("GET", listed).body["results"]] == [contact]
    assert twin.call("DELETE", f"{listed}/{contact}").status == 204
    read = twin.call("GET", f"{OBJECTS['2026-09']}/orders/{order}?associations=contacts")
    assert "contacts" not in read.body["associations"]


def test_batch_archive_removes_pairs(
    twin: RunningTwin, version: str, order: str, contact: str
) -> None:
    """All of a pair, or one type of it; what is not there is no error."""
    base, objects, _, _ = VERSIONS[version]
    quiet = 204 if version == "v4" else 200
    default = f"{objects}/orders/{order}/associations/default/contacts/{contact}"
    pairs = f"{base}/orders/contacts/batch"
    inputs = [{"from": {"id": order}, "to": [{"id": contact}]}]
    for path, body in (
        ("archive", {"inputs": inputs}),
        ("labels/archive", {"inputs": [pair(order, contact, TO_CONTACT)]}),
    ):
        twin.call("PUT", default)
        for _ in range(2):
            assert twin.call("POST", f"{pairs}/{path}", body).status == quiet
        read = twin.call("POST", f"{pairs}/read", {"inputs": [{"id": order}]})
        assert read.body["results"] == []


def test_limits_of_2000_and_1000(twin: RunningTwin, order: str) -> None:
    """2,000 pairs a create and 1,000 records a read are the most."""
    base = "/crm/associations/2026-09/orders/contacts/batch"
    one = pair(order, "404", TO_CONTACT)
    assert twin.call("POST", f"{base}/create", {"inputs": [one] * 2_000}).status == 200
    assert twin.call("POST", f"{base}/create", {"inputs": [one] * 2_001}).status == 400
    assert twin.call("POST", f"{base}/read", {"inputs": [{"id": order}] * 1_001}).status == 400


def test_an_archived_record_is_no_longer_associated(
    twin: RunningTwin, order: str, contact: str
) -> None:
    """Its associations vanish from the other side."""
    objects = OBJECTS["2026-09"]
    path = f"{objects}/orders/{order}/associations/default/contacts/{contact}"
    twin.call("PUT", path)
    twin.call("DELETE", f"{objects}/contacts/{contact}")
    read = twin.call("GET", f"{objects}/orders/{order}?associations=contacts").body
    assert read["associations"] == {}
