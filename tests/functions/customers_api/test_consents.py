"""Consents: recorded with when, where and why; withdrawals kept; an erased person's return."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.clock import rfc3339
from core.store import table
from tests.support.problems import assert_problem, nothing_written
from tests.support.tables import AUDIT, CORE

if TYPE_CHECKING:
    from tests.functions.customers_api.conftest import People

THEN = "2026-01-02T03:04:05.000Z"


def _said(state: str = "granted", **more: str) -> dict[str, str]:
    given = {"purpose": "newsletter", "state": state, "at": THEN, "source": "checkout form"}
    return given | more


def _record(people: People, of: str, *said: dict[str, str], **more: Any) -> dict[str, Any]:
    reply = people.call("record_consents", {"consents": list(said)}, of, **more)
    assert reply.status == 201, reply.text
    recorded: dict[str, Any] = reply.json
    return recorded


def test_a_consent_says_what_a_regulator_asks(people: People) -> None:
    """Guarantee: purpose, state, basis, when, where and the wording shown are kept as told."""
    made = people.put()
    found = _record(people, made["id"], _said(wording="v3"))
    assert found["consents"] == {
        "newsletter": {
            "state": "granted",
            "basis": "consent",
            "at": THEN,
            "source": "checkout form",
            "wording": "v3",
        }
    }
    assert found["version"] == 2


def test_a_withdrawal_keeps_what_was_withdrawn(people: People) -> None:
    """Guarantee: the history holds every decision in order; the newest one counts."""
    made = people.put()
    _record(people, made["id"], _said())
    late = _said("withdrawn", at="2026-02-01T00:00:00Z", source="phone")
    found = _record(people, made["id"], late, _said(at="2026-01-15T00:00:00Z"))
    assert found["consents"]["newsletter"]["state"] == "withdrawn"
    query = {"limit": "2"}
    page = people.call("list_consents", of=made["id"], query=query).json
    rest = people.call("list_consents", of=made["id"], query=query | {"cursor": page["cursor"]})
    history = page["consents"] + rest.json["consents"]
    assert "cursor" not in rest.json
    assert sorted(c["state"] for c in history) == ["granted", "granted", "withdrawn"]
    assert history[0]["source"] == "checkout form"


def test_do_not_sell_or_share(people: People) -> None:
    """Guarantee: CCPA's opt-out is one field to look at, until the person opts in again."""
    made = people.put()
    out = _said("withdrawn", purpose="sale_or_sharing")
    assert _record(people, made["id"], out)["do_not_sell_or_share"] is True
    back = _said(purpose="sale_or_sharing", at="2026-03-01T00:00:00Z")
    assert _record(people, made["id"], back)["do_not_sell_or_share"] is False


def test_a_repeat_records_once(people: People) -> None:
    """Guarantee: the same key and body again add nothing to the history."""
    made = people.put()
    first = _record(people, made["id"], _said(), key="k")
    with nothing_written(people.shop):
        assert _record(people, made["id"], _said(), key="k") == first


def test_a_consent_is_audited_by_its_purpose(people: People) -> None:
    """Guarantee: the record names purpose and customer, in the same transaction."""
    made = people.put()
    sent = people.shop.transactions()
    _record(people, made["id"], _said())
    assert [len(actions) for actions in sent] == [4]
    (entry,) = [i for i in people.shop.items(AUDIT) if i["action"] == "customer.consent"]
    assert entry["fields"] == {"customer.consents.newsletter": ""}


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (_said(at="2999-01-01T00:00:00Z"), 422, "consent_in_the_future"),
        (_said(state="maybe"), 400, "invalid_body"),
        (_said(basis="because"), 400, "invalid_body"),
        (_said(purpose="News Letter"), 400, "invalid_body"),
        ({"purpose": "newsletter", "state": "granted"}, 400, "invalid_body"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(
    people: People, said: dict[str, str], status: int, code: str
) -> None:
    """Guarantee: no consent without a source, a known basis, a state, and a time that has been."""
    made = people.put()
    with nothing_written(people.shop):
        refused = people.call("record_consents", {"consents": [said]}, made["id"])
    assert_problem(refused, status, code)


def _erase(people: People, made: dict[str, Any], at: int) -> None:
    """Put tombstones and remove the item, as an erasure does."""
    store = people.shop.handlers[2].people._customers
    person = store.find("main", made["id"])
    assert person is not None
    table.transact(people.shop.dynamodb, store.bury("main", person, at))
    key = {"pk": {"S": f"main#CUSTOMER#{made['id']}"}, "sk": {"S": "CUSTOMER"}}
    people.shop.dynamodb.delete_item(TableName=CORE, Key=key)


def test_a_change_that_read_before_the_burial_comes_too_late(people: People) -> None:
    """Guarantee: what a call knew of a person before he was buried is not written over him."""
    made = people.put()
    store = people.shop.handlers[2].people._customers
    before = store.find("main", made["id"])
    assert before is not None
    after = replace(before, first_name="Back", version=before.version + 1)
    people.shop.dynamodb.update_item(
        TableName=CORE,
        Key={"pk": {"S": f"main#CUSTOMER#{before.id}"}, "sk": {"S": "CUSTOMER"}},
        UpdateExpression="SET erased_at = :now",
        ExpressionAttributeValues={":now": {"N": "1"}},
    )
    with pytest.raises(table.ConditionFailed):
        table.transact(people.shop.dynamodb, [store._change("main", before, after, 1)])


def test_an_erased_person_comes_back_by_fresh_consent_alone(people: People) -> None:
    """Guarantee: no write brings him back but one with consent of his own, newer than the erasure.

    He is then somebody new, and the record says that his tombstone was lifted.
    """
    made = people.put()
    erased = 1_770_000_000_000
    _erase(people, made, erased)
    body = {"external_id": "ext-1", "email": "ann@example.org"}
    stale, fresh = (rfc3339(erased + d) for d in (0, 1))
    with nothing_written(people.shop):
        for consents in ([], [_said(at=stale)], [_said("withdrawn", at=fresh)]):
            refused = people.call("put_customer", body | {"consents": consents})
            assert_problem(refused, 409, "customer_erased")
        other = people.call("find_customer", {"email": "ann@example.org"})
    assert_problem(other, 404, "customer_not_found")
    back = people.put(**body, consents=[_said(at=fresh)])
    assert back["id"] != made["id"]
    (lifted,) = [i for i in people.shop.items(AUDIT) if "customer.tombstone.email" in i["fields"]]
    assert lifted["resource"] == f"customer/{back['id']}"
    assert people.put(email="ann@example.org")["id"] == back["id"]


def test_a_change_cannot_take_an_erased_identity(people: People) -> None:
    """Guarantee: it is refused exactly as one that somebody holds."""
    made, other = people.put(), people.put(email="ben@example.org")
    _erase(people, made, 1)
    refused = people.call(
        "change_customer", {"version": 1, "email": "ann@example.org"}, other["id"]
    )
    assert_problem(refused, 409, "identity_taken")
