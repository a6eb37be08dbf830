"""Which webhook events concern us, and what they tell us to look at."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crm.events import sorted_events
from core.crm.notices import Notice, distinct, notice
from core.crm.properties import ObjectType

NOW = 1_795_300_500_000
CHANGE: dict[str, Any] = {
    "subscriptionType": "object.propertyChange",
    "objectTypeId": "0-1",
    "objectId": 546500061938,
    "portalId": 7,
    "occurredAt": NOW - 1000,
    "propertyName": "email",
    "propertyValue": "sample.contact@example.com",
}


def sort(*events: object) -> tuple[list[tuple[str, str, str]], dict[str, int]]:
    """Return the notices as (type, id, event), and the counts."""
    found = sorted_events(events, {"7": "main"}.get, NOW)
    return [(str(n.type), n.id, n.event) for n in found.notices], dict(found.counts)


@pytest.mark.parametrize(
    ("named", "type_id", "kind"),
    [
        ("object.propertyChange", "0-1", "contacts"),
        ("object.deletion", "0-7", "products"),
        ("object.restore", "0-8", "line_items"),
        ("object.propertyChange", "0-123", "orders"),
        ("object.merge", "0-1", "contacts"),
        ("contact.propertyChange", None, "contacts"),
        ("product.deletion", None, "products"),
        ("line_item.propertyChange", None, "line_items"),
    ],
)
def test_an_event_names_a_record(named: str, type_id: str | None, kind: str) -> None:
    """By the generic kind's type id, or by an older subscription's own name."""
    event = CHANGE | {"subscriptionType": named, "objectTypeId": type_id}
    assert sort(event) == ([(kind, "546500061938", "")], {named: 1})
    older = {k: v for k, v in event.items() if k != "subscriptionType"} | {"eventType": named}
    assert sort(older) == ([(kind, "546500061938", "")], {named: 1})


@pytest.mark.parametrize(
    ("changed", "counted"),
    [
        ({"subscriptionType": "object.creation"}, "other"),
        ({"subscriptionType": "conversation.newMessage"}, "other"),
        ({"objectTypeId": "0-2"}, "other"),
        ({"portalId": 8}, "unregistered"),
        ({"portalId": None}, "unregistered"),
        ({"objectId": None}, "malformed"),
        ({"objectId": "5"}, "malformed"),
        ({"objectId": True}, "malformed"),
        ({"objectId": -5}, "malformed"),
        ({"subscriptionType": 7}, "malformed"),
        ({"changeSource": "INTEGRATION", "sourceId": "appId:3", "appId": 3}, "own"),
    ],
)
def test_what_is_not_looked_at_is_counted(changed: dict[str, Any], counted: str) -> None:
    """Nothing is dropped without a number, and nothing makes the door stumble."""
    assert sort(CHANGE | changed) == ([], {counted: 1})


def test_another_apps_change_is_looked_at() -> None:
    """An integration is our own only if HubSpot says that it is the app that subscribed."""
    other = {"changeSource": "INTEGRATION", "sourceId": "appId:4", "appId": 3}
    assert len(sort(CHANGE | other)[0]) == 1


def test_a_deletion_by_the_app_itself_is_looked_at() -> None:
    """We delete nothing in HubSpot, so there is no echo of it."""
    own = {"changeSource": "INTEGRATION", "sourceId": "appId:3", "appId": 3}
    assert len(sort(CHANGE | own | {"subscriptionType": "object.deletion"})[0]) == 1


def test_events_of_one_record_are_one_notice() -> None:
    """A privacy deletion stays apart from a look at the same contact."""
    gone = CHANGE | {"subscriptionType": "contact.privacyDeletion"}
    told, counts = sort(CHANGE, CHANGE | {"propertyName": "phone", "eventId": 2}, gone, gone)
    assert told == [
        ("contacts", "546500061938", ""),
        ("contacts", "546500061938", "privacyDeletion"),
    ]
    assert counts == {"object.propertyChange": 2, "contact.privacyDeletion": 2}


NAMES = ["subscriptionType", "objectId", "portalId", "mergedObjectIds", "x"]
ANY = st.recursive(
    st.none() | st.integers() | st.sampled_from(["object.merge", "0-1", "x"]),
    lambda part: st.lists(part) | st.dictionaries(st.sampled_from(NAMES), part),
)


@given(ANY)
def test_no_event_makes_it_raise(event: object) -> None:
    """Whatever JSON HubSpot sends is counted as one thing or another."""
    assert sum(sort(event)[1].values()) == 1


def test_a_notice_survives_the_queue() -> None:
    """What the door writes is what inbound reads; a foreign sender may leave out all but three."""
    told = Notice("main", ObjectType.ORDERS, "5", since=7, tries=2)
    assert notice(told.body(), 9) == told
    assert notice('{"tenant": "main", "type": "orders", "id": "5"}', 9).since == 9
    assert notice(told.again().body(), 9).tries == 3
    assert distinct([told, told.again()]) == (told,)


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"tenant":"a","type":"orders","id":"1/../2"}', '"x"', "null"]
)
def test_what_is_no_notice_is_said_so(body: str) -> None:
    """An id goes into a request's body as it is: digits only."""
    with pytest.raises(ValueError, match=r"Expecting|not a notice|digits"):
        notice(body, 0)
