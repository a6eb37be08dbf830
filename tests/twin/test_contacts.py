"""Merge and privacy deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin


@pytest.fixture(params=VERSIONS)
def base(request: pytest.FixtureRequest) -> str:
    """Return the objects path of each version."""
    return VERSIONS[request.param]


def test_a_merge_keeps_one_contact_under_both_ids(twin: RunningTwin, base: str) -> None:
    """The first one's values win, the rest and the orders come along, both ids lead there."""
    first = create(twin, base, "contacts", email="ann@example.com", firstname="Ann")["id"]
    second = create(twin, base, "contacts", email="a@example.com", firstname="A", phone="1")["id"]
    order = create(twin, base, "orders", hs_order_name="1")["id"]
    link = f"/crm/objects/2026-09/orders/{order}/associations/default/contacts/{second}"
    twin.call("PUT", link)
    body = {"primaryObjectId": first, "objectIdToMerge": second}
    assert twin.call("POST", f"{base}/contacts/merge", body).status == 200
    for known in (first, second):
        read = twin.call("GET", f"{base}/contacts/{known}?properties=firstname,phone,email").body
        assert read["id"] == first
        assert read["properties"]["firstname"] == "Ann"
        assert read["properties"]["phone"] == "1"
    found = twin.call("GET", f"{base}/orders/{order}?associations=contacts").body
    assert [a["id"] for a in found["associations"]["contacts"]["results"]] == [first]


def test_a_merge_of_what_is_not_there_is_404(twin: RunningTwin, base: str) -> None:
    """Nor can one contact be merged with itself."""
    one = create(twin, base, "contacts", email="ann@example.com")["id"]
    path = f"{base}/contacts/merge"
    for other, status in (("404", 404), (one, 400)):
        body = {"primaryObjectId": one, "objectIdToMerge": other}
        assert twin.call("POST", path, body).status == status


def test_privacy_deletion_leaves_nothing_and_blocks_the_address(
    twin: RunningTwin, base: str
) -> None:
    """The contact is gone, archived too, and its address cannot come back."""
    one = create(twin, base, "contacts", email="ann@example.com")["id"]
    path = f"{base}/contacts/gdpr-delete"
    assert twin.call("POST", path, {"objectId": one}).status == 204
    assert twin.call("GET", f"{base}/contacts/{one}").status == 404
    assert twin.call("GET", f"{base}/contacts/{one}?archived=true").status == 404
    body = {"properties": {"email": "Ann@example.com"}, "associations": []}
    assert twin.call("POST", f"{base}/contacts", body).status == 400


def test_privacy_deletion_of_an_unknown_address_blocks_it_all_the_same(
    twin: RunningTwin, base: str
) -> None:
    """The danger that HubSpot's document warns of: look the contact up first."""
    path = f"{base}/contacts/gdpr-delete"
    asked = {"objectId": "new@example.com", "idProperty": "email"}
    assert twin.call("POST", path, asked).status == 204
    body = {"properties": {"email": "new@example.com"}, "associations": []}
    assert twin.call("POST", f"{base}/contacts", body).status == 400
