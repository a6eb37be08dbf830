"""What only DynamoDB can show: the size of transactions and items, marks, immutable pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.customers.model import CustomerDraft
from core.orders.model import MAX_LINES
from core.orders.release import STALE_AFTER_MS
from core.store.order_actions import RECORD_SECONDS
from tests.contract.desk import FORTY_ONE, PLACES, Desk, half_placed
from tests.contract.subjects import LINGERS, TENANT, real
from tests.support.tables import AUDIT

if TYPE_CHECKING:
    from collections.abc import Iterator

PERSON = CustomerDraft("7" * 64, "a" * 60 + "@example.org", "Ann", "Smith", "+44 20 7946 0018")


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Return a desk with much of a SKU at 41 locations, over moto."""
    with real() as subject:
        made = Desk(subject)
        for start in (0, 20, 40):
            locations = {f"l{n:02}": 10**6 for n in range(start, min(start + 20, 41))}
            made.put("S", locations)
        made.subject.faults.writes.clear()
        yield made


def _size(item: dict[str, Any]) -> int:
    return len(json.dumps(item, default=str))


def _one(desk: Desk, sk: str) -> dict[str, Any]:
    (found,) = [i for i in desk.subject.items() if i["sk"] == sk]
    return found


def test_the_greatest_first_chunk_is_a_hundred_actions(desk: Desk) -> None:
    """Guarantee: 40 SKUs, a customer, two guards, 14 pages, header, record, audit: exactly 100."""
    lines = [(PLACES[n % 40], 1) for n in range(MAX_LINES)]
    desk.place("k", lines, customer=PERSON)
    (sent,) = desk.subject.faults.writes
    actions = [next(iter(a.values())) for a in sent["TransactItems"]]
    assert len(actions) == 100
    keys = [json.dumps(a.get("Key") or {k: a["Item"][k] for k in ("pk", "sk")}) for a in actions]
    assert len(set(keys)) == 100
    assert sum("#ORDER#" in k for k in keys) == 15
    assert sum("#GUARD#" in k for k in keys) == 2


def test_each_further_chunk_is_small(desk: Desk) -> None:
    """Guarantee: a later chunk moves header, stock and ledger; the last one ends the record."""
    desk.place("k", FORTY_ONE, customer=PERSON)
    assert [len(w["TransactItems"]) for w in desk.subject.faults.writes] == [87, 4]


def test_the_header_is_small(desk: Desk) -> None:
    """Guarantee: a header stays under 1 KB, its pages under DynamoDB's 400 KB."""
    desk.place("k", [(PLACES[n % 40], 10**4) for n in range(1_400)], customer=PERSON)
    assert _size(_one(desk, "HEADER")) < 1_024
    pages = [i for i in desk.subject.items() if i["sk"].startswith("PAGE#")]
    assert [p["sk"] for p in pages] == [f"PAGE#{n:04}" for n in range(1, 15)]
    assert max(_size(p) for p in pages) < 400_000


def test_pages_never_change(desk: Desk) -> None:
    """Guarantee: no transaction updates a page; what a retry writes leaves them as they were."""
    desk.place("k", FORTY_ONE)
    for write in desk.subject.faults.writes:
        for action in write["TransactItems"]:
            ((kind, body),) = action.items()
            if "PAGE#" in json.dumps(body):
                assert kind == "Put"
                assert body["ConditionExpression"] == "attribute_not_exists(pk)"


def test_every_put_asks_that_nothing_be_there(desk: Desk) -> None:
    """Guarantee: the saga overwrites no item: a put wants an empty place, or a freed guard's."""
    desk.place("k", FORTY_ONE, customer=PERSON)
    empty, freed = "attribute_not_exists(pk)", " OR attribute_exists(released_at)"
    for write in desk.subject.faults.writes:
        for action in write["TransactItems"]:
            ((kind, body),) = action.items()
            assert "ConditionExpression" in body
            if kind == "Put":
                guard = "#GUARD#" in body["Item"]["pk"]["S"]
                assert body["ConditionExpression"] == empty + (freed if guard else "")


def test_marks_say_what_is_owed_and_when(desk: Desk) -> None:
    """Guarantee: a placed order, its customer and its stock are marked, each with its linger."""
    now = desk.clock.now()
    desk.place("k", [(PLACES[0], 1)], customer=PERSON)
    header, customer = _one(desk, "HEADER"), _one(desk, "CUSTOMER")
    assert header["work_queue"].startswith(f"{TENANT}#orders#")
    assert customer["work_queue"].startswith(f"{TENANT}#customers#")
    assert header["due_at"] == customer["due_at"] == now + 1000 * LINGERS.orders
    assert (header["version"], header["synced_version"]) == (1, 0)


def test_a_mark_is_never_put_off(desk: Desk) -> None:
    """Guarantee: more sales of a SKU raise its version and leave the time at which it is due."""
    (at, _), first = PLACES[0].split("@"), _one(desk, "LEVEL#l00")
    assert at == "S"
    for n in range(3):
        desk.clock.advance(10_000)
        desk.place(f"k{n}", [(PLACES[0], 1)])
    after = _one(desk, "LEVEL#l00")
    assert after["due_at"] == first["due_at"]
    assert after["version"] == first["version"] + 3


def test_a_clean_level_is_marked_anew(desk: Desk) -> None:
    """Guarantee: what sync has cleaned is owed again with the next sale, a full linger later."""
    level = _one(desk, "LEVEL#l00")
    assert desk.subject.dynamodb is not None
    desk.subject.dynamodb.update_item(
        TableName="core",
        Key={"pk": {"S": level["pk"]}, "sk": {"S": level["sk"]}},
        UpdateExpression="REMOVE work_queue, due_at",
    )
    desk.clock.advance(10**6)
    desk.place("k", [(PLACES[0], 1)])
    marked = _one(desk, "LEVEL#l00")
    assert marked["work_queue"] == level["work_queue"]
    assert marked["due_at"] == desk.clock.now() + 1000 * LINGERS.stock


def test_a_saga_is_marked_until_it_ends(desk: Desk) -> None:
    """Guarantee: a half-placed header is due for the sweeper, a placed one for sync."""
    half_placed(desk)
    half = _one(desk, "HEADER")
    assert half["work_queue"].startswith(f"{TENANT}#sagas#")
    assert half["due_at"] == desk.clock.now() + STALE_AFTER_MS
    desk.clock.advance(STALE_AFTER_MS)
    desk.place("k", FORTY_ONE)
    placed = _one(desk, "HEADER")
    assert placed["work_queue"].startswith(f"{TENANT}#orders#")
    assert placed["due_at"] == desk.clock.now() + 1000 * LINGERS.orders


def test_the_record_keeps_no_body_and_ends(desk: Desk) -> None:
    """Guarantee: a record holds a hash, an id and its end, a week away at least."""
    order = desk.place("k", [(PLACES[0], 1)], customer=PERSON)
    record = _one(desk, "RECORD")
    assert record["expires_at"] == desk.clock.now() // 1000 + RECORD_SECONDS
    assert record["resource_id"] == order.header.id
    assert set(record) == {
        *("pk", "sk", "status", "body_hash", "resource_id", "lease_until", "expires_at"),
    }


def test_the_audit_holds_names_and_no_values(desk: Desk) -> None:
    """Guarantee: the entry of an order names what was given and repeats none of it."""
    desk.place("k", [(PLACES[0], 1)], customer=PERSON)
    entries = desk.subject.items(AUDIT)
    (entry,) = [e for e in entries if e["action"] == "order.place"]
    assert set(entry["fields"]) == {
        f"customer.{n}" for n in ("external_id", "email", "first_name", "last_name", "phone")
    }
    assert all(len(v) == 64 for v in entry["fields"].values())
    text = json.dumps(entry)
    assert not [v for v in ("Ann", "Smith", "example.org", "7946") if v in text]
