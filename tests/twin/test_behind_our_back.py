"""What people in HubSpot do to records that a program also writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.running_twin import PORTAL
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from local.twin.changes import Change
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]
PERSON = "someone-in-hubspot"


@pytest.fixture
def heard(twin: RunningTwin) -> list[Change]:
    """Return what a listener hears, with a person let in and the clock stopped."""
    body = {"token": PERSON, "portal": PORTAL, "kind": "person"}
    assert twin.call("POST", "/_twin/tokens", body).status == 200
    twin.call("POST", "/_twin/clock", {"frozen": True})
    changes: list[Change] = []
    twin.twin.listeners.append(changes.append)
    return changes


def told(heard: list[Change]) -> list[tuple[str, str]]:
    """Return what happened to which record, and forget it."""
    found = [(c.what, c.object_id) for c in heard]
    heard.clear()
    return found


def read(twin: RunningTwin, kind: str, record_id: str, *, archived: bool = False) -> Any:
    """Read a record; None when it is not there."""
    query = f"?archived={str(archived).lower()}"
    reply = twin.call("GET", f"{BASE}/{kind}/{record_id}{query}")
    return reply.body if reply.status == 200 else None


def test_a_persons_edit_is_known_as_theirs(twin: RunningTwin, heard: list[Change]) -> None:
    """History and listeners tell a person from a program; only what differs is a change."""
    made = create(twin, BASE, "products", name="A", price="1")["id"]
    assert told(heard) == [("creation", made), ("propertyChange", made), ("propertyChange", made)]
    twin.call("POST", "/_twin/clock", {"advance_ms": 5_000})
    body = {"properties": {"name": "B", "price": "1"}}
    reply = twin.call("PATCH", f"{BASE}/products/{made}", body, token=PERSON)
    (change,) = heard
    assert (change.what, change.details) == (
        "propertyChange",
        {"propertyName": "name", "propertyValue": "B"},
    )
    assert change.author.source == "CRM_UI"
    assert reply.body["updatedAt"] > reply.body["createdAt"]
    shown = twin.call("GET", f"{BASE}/products/{made}?propertiesWithHistory=name").body
    sources = [v["sourceType"] for v in shown["propertiesWithHistory"]["name"]]
    assert sources == ["CRM_UI", "INTEGRATION"]


def test_an_order_is_moved_to_another_stage(twin: RunningTwin, heard: list[Change]) -> None:
    """By a person, through the API that HubSpot's own pages use."""
    stages = twin.call("GET", "/crm/pipelines/2026-09/orders").body["results"][0]["stages"]
    made = create(twin, BASE, "orders", hs_order_name="1", hs_pipeline_stage=stages[0]["id"])["id"]
    heard.clear()
    body = {"properties": {"hs_pipeline_stage": stages[1]["id"]}}
    twin.call("PATCH", f"{BASE}/orders/{made}", body, token=PERSON)
    (change,) = heard
    assert change.details["propertyValue"] == stages[1]["id"]


def test_an_archived_order_comes_back_with_its_lines(
    twin: RunningTwin, heard: list[Change]
) -> None:
    """Those that went with it, and no line that was deleted before."""
    order = create(twin, BASE, "orders", hs_order_name="1")["id"]
    lines = [create(twin, BASE, "line_items", name=n)["id"] for n in "ab"]
    for line in lines:
        path = f"{BASE}/orders/{order}/associations/default/line_items/{line}"
        twin.call("PUT", path)
    heard.clear()
    twin.call("DELETE", f"{BASE}/line_items/{lines[0]}", token=PERSON)
    twin.call("POST", "/_twin/clock", {"advance_ms": 1_000})
    twin.call("DELETE", f"{BASE}/orders/{order}", token=PERSON)
    assert told(heard) == [("deletion", lines[0]), ("deletion", order), ("deletion", lines[1])]
    assert read(twin, "orders", order) is None
    assert read(twin, "orders", order, archived=True)["archived"] is True
    twin.call("POST", f"/_twin/records/orders/{order}/restore")
    assert told(heard) == [("restore", order), ("restore", lines[1])]
    assert read(twin, "orders", order)["archived"] is False
    assert read(twin, "line_items", lines[0]) is None


def test_a_taken_unique_value_keeps_a_record_in_the_bin(
    twin: RunningTwin, heard: list[Change]
) -> None:
    """400 in the twin's control; and one that is free comes back under its address."""
    first = create(twin, BASE, "contacts", email="ann@example.com")["id"]
    twin.call("DELETE", f"{BASE}/contacts/{first}")
    second = create(twin, BASE, "contacts", email="ann@example.com")["id"]
    assert twin.call("POST", f"/_twin/records/contacts/{first}/restore").status == 400
    twin.call("DELETE", f"{BASE}/contacts/{second}")
    assert twin.call("POST", f"/_twin/records/contacts/{first}/restore").status == 200
    reply = twin.call("GET", f"{BASE}/contacts/ann@example.com?idProperty=email")
    assert reply.body["id"] == first
    assert heard[-1].what == "restore"


def test_what_is_purged_is_in_no_bin(twin: RunningTwin, heard: list[Change]) -> None:
    """As ninety days after it was archived."""
    made = create(twin, BASE, "products", name="A")["id"]
    heard.clear()
    twin.call("DELETE", f"/_twin/records/products/{made}?purge=true")
    assert told(heard) == [("deletion", made)]
    assert read(twin, "products", made, archived=True) is None


def test_privacy_deletion_tells_of_deletion_and_of_privacy(
    twin: RunningTwin, heard: list[Change]
) -> None:
    """HubSpot fires both, and promises no order between them."""
    made = create(twin, BASE, "contacts", email="ann@example.com")["id"]
    heard.clear()
    twin.call("POST", f"{BASE}/contacts/gdpr-delete", {"objectId": made}, token=PERSON)
    assert sorted(told(heard)) == [("deletion", made), ("privacyDeletion", made)]


@pytest.mark.parametrize("base", VERSIONS.values())
def test_a_merge_may_give_a_new_id_to_which_all_old_ones_lead(
    twin: RunningTwin, heard: list[Change], base: str
) -> None:
    """Also after a second merge; unique values go to the one that is left."""
    twin.call("POST", "/_twin/settings", {"merge_gives_new_id": True})
    ids = [
        create(twin, base, "contacts", email=f"{n}@example.com", phone=str(n))["id"]
        for n in range(3)
    ]
    heard.clear()
    path = f"{base}/contacts/merge"
    body = {"primaryObjectId": ids[0], "objectIdToMerge": ids[1]}
    first = twin.call("POST", path, body, token=PERSON).body["id"]
    (gone, merge) = heard
    assert (gone.what, gone.object_id) == ("deletion", ids[1])
    assert merge.author.source == "MERGE_OBJECTS"
    assert merge.details["primaryObjectId"] == int(ids[0])
    assert merge.details["mergedObjectIds"] == [int(ids[1])]
    assert merge.details["newObjectId"] == int(first)
    body = {"primaryObjectId": first, "objectIdToMerge": ids[2]}
    last = twin.call("POST", path, body, token=PERSON).body["id"]
    for old in (*ids, first):
        shown = twin.call("GET", f"{base}/contacts/{old}?properties=phone").body
        assert (shown["id"], shown["properties"]["phone"]) == (last, "0")
    shown = twin.call("GET", f"{base}/contacts/0@example.com?idProperty=email").body
    assert shown["id"] == last
    assert [r["id"] for r in twin.call("GET", f"{base}/contacts").body["results"]] == [last]


def test_a_chain_of_merges_is_followed(twin: RunningTwin, heard: list[Change]) -> None:
    """Who was merged into someone who was merged is found too."""
    ids = [create(twin, BASE, "contacts", email=f"{n}@example.com")["id"] for n in range(3)]
    for primary, other in ((1, 0), (2, 1)):
        body = {"primaryObjectId": ids[primary], "objectIdToMerge": ids[other]}
        twin.call("POST", f"{BASE}/contacts/merge", body)
    assert read(twin, "contacts", ids[0])["id"] == ids[2]
    assert heard


def test_both_sides_tell_of_an_association(twin: RunningTwin, heard: list[Change]) -> None:
    """Made and taken away, once each: again is no change."""
    order = create(twin, BASE, "orders", hs_order_name="1")["id"]
    contact = create(twin, BASE, "contacts", email="ann@example.com")["id"]
    heard.clear()
    link = f"{BASE}/orders/{order}/associations"
    for _ in range(2):
        twin.call("PUT", f"{link}/default/contacts/{contact}")
    for _ in range(2):
        twin.call("DELETE", f"{link}/contacts/{contact}")
    seen = [(c.details["associationType"], c.details["associationRemoved"]) for c in heard]
    assert seen == [
        ("ORDER_TO_CONTACT", False),
        ("CONTACT_TO_ORDER", False),
        ("ORDER_TO_CONTACT", True),
        ("CONTACT_TO_ORDER", True),
    ]
