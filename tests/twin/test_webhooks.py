"""Webhooks as HubSpot sends them: what is told, how it is signed, and when it is tried again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.crm.signature import genuine
from local.twin.webhooks.signing import signature
from tests.support.running_twin import PORTAL
from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]
SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"  # noqa: S105 - HubSpot's published example
URL = "https://shop.example.com/v1/hubspot/webhooks"
MINUTE = 60_000


def hsmeta(*events: tuple[str, str, str | None]) -> dict[str, Any]:
    """Return a webhooks-hsmeta.json for generic events: name, object type, property."""
    crm = [
        {"subscriptionType": name, "objectType": kind, "active": True}
        | ({"propertyName": prop} if prop else {})
        for name, kind, prop in events
    ]
    hub = [{"subscriptionType": "contact.privacyDeletion", "active": True}]
    return {
        "uid": "webhooks",
        "type": "webhooks",
        "config": {
            "settings": {"targetUrl": URL, "maxConcurrentRequests": 10},
            "subscriptions": {"crmObjects": crm, "legacyCrmObjects": [], "hubEvents": hub},
        },
    }


ALL = hsmeta(
    ("object.creation", "contact", None),
    ("object.deletion", "contact", None),
    ("object.restore", "contact", None),
    ("object.merge", "contact", None),
    ("object.propertyChange", "contact", "phone"),
    ("object.associationChange", "order", None),
)


class Door:
    """Takes deliveries in the process, checks them as our own door does, and keeps the events."""

    def __init__(self, twin: RunningTwin) -> None:
        """Stop the twin's clock and let it send to this door."""
        self.twin = twin
        self.clock = twin.twin.clock
        self.answers: list[int] = []
        self.events: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        twin.call("POST", "/_twin/clock", {"frozen": True})

    def subscribe(self, meta: dict[str, Any] = ALL, **told: Any) -> None:
        """Subscribe over the twin's control."""
        body = {"hsmeta": meta, "client_secret": SECRET, **told}
        reply = self.twin.call("PUT", "/_twin/webhooks", body)
        assert reply.status == 200, reply.body

    def post(self, headers: dict[str, str], body: bytes) -> int:
        """Take one delivery; a signature that is not right fails the test."""
        timestamp, given = (
            headers["X-HubSpot-Request-Timestamp"],
            headers["X-HubSpot-Signature-v3"],
        )
        assert genuine([SECRET], "POST", URL, body, timestamp, given, self.clock.now())
        status = self.answers.pop(0) if self.answers else 204
        if not status:
            raise TimeoutError
        if status < 300:
            found = json.loads(body)
            self.sizes.append(len(found))
            self.events += found
        return status

    def after(self, milliseconds: int) -> list[dict[str, Any]]:
        """Let time pass, take what is due, and return what has come since the last look."""
        self.clock.advance(milliseconds)
        self.twin.twin.webhooks.pump(self.post)
        found, self.events = self.events, []
        return found


@pytest.fixture
def door(twin: RunningTwin) -> Door:
    """Return a door of a twin whose clock stands."""
    return Door(twin)


def contact(door: Door, **properties: str) -> str:
    """Create a contact."""
    return str(create(door.twin, BASE, "contacts", **properties)["id"])


@pytest.mark.parametrize(
    ("secret", "method", "uri", "body", "timestamp", "expected"),
    [
        (
            SECRET,
            "POST",
            "https://www.example.com/webhook_uri",
            "{'example_field':'example_value'}",
            "1693657560000",
            "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
        ),
        (
            "f6e94c08-85d0-4608-bcc6-e1850176e7b8",
            "POST",
            "https://www.hubspot.com/webhook",
            "REQUEST_BODY",
            "1632188626483",
            "jf872r5vscVcxCiDRHA4rGrqe/8BPLNVkdJSHdMnGTU=",
        ),
        (
            "12345678-aaaa-bbbb-cccc-ddddeeeeffff",
            "GET",
            "https://hubspot.com/?appId=1&portalId=2&userId=3",
            '{"a":1,"b":2}',
            "1111111111",
            "aaknaCGCYJ4yqzuf1UKGqAWUfdcilJtm5nc/ZCudR9k=",
        ),
    ],
)
def test_signatures_are_hubspots(
    secret: str, method: str, uri: str, body: str, timestamp: str, expected: str
) -> None:
    """HubSpot's published vectors come out."""
    assert signature(secret, method, uri, body.encode(), timestamp) == expected


def test_only_what_was_subscribed_to_is_told(door: Door) -> None:
    """A creation and a change of phone, in the shape of a recorded delivery; not the e-mail."""
    door.subscribe(app_id=7)
    made = contact(door, email="ann@example.com", phone="1")
    create(door.twin, BASE, "products", name="A")
    creation, change = door.after(1_000)
    shared = {
        "portalId": PORTAL,
        "appId": 7,
        "attemptNumber": 0,
        "objectId": int(made),
        "objectTypeId": "0-1",
        "changeSource": "INTEGRATION",
    }
    assert creation.items() >= {**shared, "changeFlag": "NEW"}.items()
    assert creation["subscriptionType"] == "object.creation"
    told = {"propertyName": "phone", "propertyValue": "1", "isSensitive": False}
    assert change.items() >= {**shared, **told}.items()
    assert change["subscriptionType"] == "object.propertyChange"
    assert change["occurredAt"] == door.clock.now() - 1_000
    assert creation["subscriptionId"] != change["subscriptionId"]


def test_deletion_restore_merge_and_privacy_are_told(door: Door) -> None:
    """Each with its own fields."""
    door.subscribe()
    ids = [contact(door, email=f"{n}@example.com") for n in range(3)]
    door.after(1_000)
    call = door.twin.call
    call("DELETE", f"{BASE}/contacts/{ids[0]}")
    call("POST", f"/_twin/records/contacts/{ids[0]}/restore")
    call("POST", f"{BASE}/contacts/gdpr-delete", {"objectId": ids[0]})
    merge = {"primaryObjectId": ids[1], "objectIdToMerge": ids[2]}
    call("POST", f"{BASE}/contacts/merge", merge)
    found = door.after(1_000)
    assert [(e["subscriptionType"], str(e["objectId"])) for e in found] == [
        ("object.deletion", ids[0]),
        ("object.restore", ids[0]),
        ("object.deletion", ids[0]),
        ("contact.privacyDeletion", ids[0]),
        ("object.deletion", ids[2]),
        ("object.merge", ids[1]),
    ]
    assert found[-1]["mergedObjectIds"] == [int(ids[2])]
    assert found[-1]["primaryObjectId"] == found[-1]["newObjectId"] == int(ids[1])
    assert "objectTypeId" not in found[3]


def test_an_association_is_told_without_an_object_id(door: Door) -> None:
    """Both ends are named instead."""
    door.subscribe()
    made = contact(door, email="ann@example.com")
    order = create(door.twin, BASE, "orders", hs_order_name="1")["id"]
    door.after(1_000)
    door.twin.call("PUT", f"{BASE}/orders/{order}/associations/default/contacts/{made}")
    (event,) = door.after(1_000)
    told = {"fromObjectId": int(order), "toObjectId": int(made), "associationRemoved": False}
    assert event.items() >= {**told, "associationType": "ORDER_TO_CONTACT"}.items()
    assert "objectId" not in event


def test_a_hundred_events_are_the_most_of_a_request(door: Door) -> None:
    """More of them make more requests; two accounts never share one."""
    door.subscribe(hsmeta(("object.creation", "contact", None)))
    door.twin.twin.add_token("second", 2)
    for n in range(3):
        inputs = [
            {"properties": {"email": f"{n}-{i}@example.com"}, "associations": []} for i in range(80)
        ]
        door.twin.call("POST", f"{BASE}/contacts/batch/create", {"inputs": inputs})
    body = {"properties": {"email": "a@example.com"}, "associations": []}
    door.twin.call("POST", f"{BASE}/contacts", body, token="second")  # noqa: S106 - the twin's
    assert len(door.after(1_000)) == 241
    assert sorted(door.sizes) == [1, 40, 100, 100]


def test_a_refused_delivery_is_tried_ten_times_within_a_day(door: Door) -> None:
    """Any answer but 2xx and no answer alike; each attempt is signed anew and numbered."""
    door.subscribe()
    contact(door, email="ann@example.com")
    door.answers = [500, 404, 0, 301, 503, 401, 0, 429, 500, 502]
    begun = door.clock.now()
    assert door.after(1_000) == []
    while door.answers:
        due = door.twin.call("GET", "/_twin/webhooks").body["next_due"]
        assert door.after(due - door.clock.now()) == []
    due = door.twin.call("GET", "/_twin/webhooks").body["next_due"]
    (event,) = door.after(due - door.clock.now())
    assert event["attemptNumber"] == 10
    assert 22 * 60 * MINUTE < door.clock.now() - begun < 24 * 60 * MINUTE


def test_after_ten_retries_an_event_is_gone(door: Door) -> None:
    """Nobody is told; only a comparison of both sides can find it."""
    door.subscribe()
    contact(door, email="ann@example.com")
    door.answers = [500] * 11
    door.after(1_000)
    for _ in range(10):
        door.after(24 * 60 * MINUTE)
    assert door.after(0) == []
    shown = door.twin.call("GET", "/_twin/webhooks").body
    assert (shown["given_up"], shown["next_due"]) == (1, None)


def test_nothing_leaves_in_an_outage_and_all_of_it_afterwards(door: Door) -> None:
    """What happened before the outage comes when it is over."""
    door.subscribe()
    contact(door, email="ann@example.com")
    door.twin.call("POST", "/_twin/faults/outage", {"for_ms": 3_600_000})
    assert door.after(3_599_999) == []
    assert len(door.after(1)) == 1


@pytest.mark.parametrize(
    "break_it",
    [
        lambda c: c["subscriptions"]["crmObjects"][0].update(subscriptionType="contact.change"),
        lambda c: c["subscriptions"]["crmObjects"][0].update(subscriptionType="object.change"),
        lambda c: c["subscriptions"]["crmObjects"][0].update(objectType="teapot"),
        lambda c: c["subscriptions"]["crmObjects"][4].pop("propertyName"),
        lambda c: c["subscriptions"]["crmObjects"][4].update(propertyName="hs_lastmodifieddate"),
        lambda c: c["subscriptions"]["hubEvents"][0].update(subscriptionType="contact.deletion"),
        lambda c: c["settings"].update(maxConcurrentRequests=5),
        lambda c: c["settings"].pop("targetUrl"),
    ],
)
def test_what_hubspot_would_not_take_is_refused(door: Door, break_it: Any) -> None:
    """A wrong file is found here and not after an upload."""
    meta = json.loads(json.dumps(ALL))
    break_it(meta["config"])
    body = {"hsmeta": meta, "client_secret": SECRET}
    assert door.twin.call("PUT", "/_twin/webhooks", body).status == 400


def test_older_event_names_have_the_older_shape(door: Door) -> None:
    """Without the type's id."""
    meta = hsmeta()
    legacy = [{"subscriptionType": "product.creation", "active": True}]
    meta["config"]["subscriptions"]["legacyCrmObjects"] = legacy
    door.subscribe(meta)
    made = create(door.twin, BASE, "products", name="A")["id"]
    (event,) = door.after(1_000)
    assert (event["subscriptionType"], event["objectId"]) == ("product.creation", int(made))
    assert "objectTypeId" not in event
