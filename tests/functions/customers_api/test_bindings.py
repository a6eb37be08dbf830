"""Binding a portal's user to a customer: by the shop alone, one customer a user, audited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.customers.binding import MAX_BINDINGS
from core.ulids import Ulids
from tests.support.doors import as_role
from tests.support.portal import ISSUER, Portal
from tests.support.problems import assert_problem, nothing_written
from tests.support.tables import AUDIT

if TYPE_CHECKING:
    from tests.functions.customers_api.conftest import People

USER = "auth0|marked-user"
OTHER: dict[str, Any] = {
    "identity": as_role("Both"),
    "headers": {"Countersign-Tenant": "other"},
}


@pytest.fixture
def portal(people: People) -> Portal:
    """Return a portal whose issuer is declared."""
    return Portal(people.shop)


def test_a_binding_says_who_and_keeps_no_name(people: People, portal: Portal) -> None:
    """Guarantee: customer, issuer and time are answered; the subject is kept as an HMAC alone."""
    made = people.put()
    bound = portal.bind(USER, made["id"])
    assert bound.status == 201
    assert set(bound.json) == {"id", "customer_id", "issuer", "created_at"}
    assert (bound.json["customer_id"], bound.json["issuer"]) == (made["id"], ISSUER)
    listed = people.call("list_bindings", query={"customer_id": made["id"]}).json
    assert listed == {"bindings": [bound.json]}
    assert "marked-user" not in repr([*people.shop.items(), *people.shop.items(AUDIT)])


def test_the_same_again_is_the_same_answer(people: People, portal: Portal) -> None:
    """Guarantee: by the same key or another, binding again changes nothing."""
    made = people.put()
    first = portal.bind(USER, made["id"], key="k")
    with nothing_written(people.shop):
        assert portal.bind(USER, made["id"], key="k").json == first.json
        assert portal.bind(USER, made["id"]).json == first.json
    reused = portal.bind("another", made["id"], key="k")
    assert_problem(reused, 422, "idempotency_key_reused")


def test_a_user_is_one_customer(people: People, portal: Portal) -> None:
    """Guarantee: who is bound cannot be bound to another customer before it is revoked."""
    made, other = people.put(), people.put(email="ben@example.org")
    bound = portal.bind(USER, made["id"]).json
    with nothing_written(people.shop):
        refused = portal.bind(USER, other["id"])
    assert_problem(refused, 409, "subject_bound")
    assert made["id"] not in refused.text
    ended = people.call("revoke_binding", of=bound["id"])
    assert "revoked_at" in ended.json
    again = portal.bind(USER, other["id"])
    assert (again.status, again.json["customer_id"]) == (201, other["id"])
    assert people.call("list_bindings", query={"customer_id": made["id"]}).json == {"bindings": []}


def test_revoking_twice_is_the_same_answer(people: People, portal: Portal) -> None:
    """Guarantee: the first revocation's time stands, and a repeat of the binding stays revoked."""
    made = people.put()
    bound = portal.bind(USER, made["id"], key="k").json
    first = people.call("revoke_binding", of=bound["id"])
    with nothing_written(people.shop):
        assert people.call("revoke_binding", of=bound["id"]).json == first.json
        assert portal.bind(USER, made["id"], key="k").json == first.json


def test_every_change_is_audited(people: People, portal: Portal) -> None:
    """Guarantee: who bound and who unbound a customer is on the record, in the same transaction."""
    made = people.put()
    sent = people.shop.transactions()
    bound = portal.bind(USER, made["id"]).json
    people.call("revoke_binding", of=bound["id"])
    assert [len(actions) for actions in sent] == [5, 3]
    found = [i for i in people.shop.items(AUDIT) if "bind" in i["action"]]
    assert sorted(i["action"] for i in found) == ["customer.bind", "customer.unbind"]
    assert {i["resource"] for i in found} == {f"customer/{made['id']}"}


def test_only_a_declared_issuer_of_the_tenant_counts(people: People, portal: Portal) -> None:
    """Guarantee: nobody is bound by an issuer that could speak for him only some day."""
    made = people.put()
    with nothing_written(people.shop):
        refused = portal.bind(USER, made["id"], issuer="https://login.other.example")
        theirs = people.call(
            "bind_subject",
            {"issuer": ISSUER, "subject": USER, "customer_id": made["id"]},
            **OTHER,
        )
    for reply in (refused, theirs):
        assert_problem(reply, 422, "unknown_issuer")
        assert reply.fields == {"issuer": "unknown_issuer"}


def test_nobodys_and_anothers_look_the_same(people: People, portal: Portal) -> None:
    """Guarantee: a customer or binding that is not there answers as another tenant's does."""
    made = people.put()
    bound = portal.bind(USER, made["id"]).json
    for customer_id in (made["id"], Ulids().new(), "x"):
        found = people.call("list_bindings", query={"customer_id": customer_id}, **OTHER)
        assert_problem(found, 404, "customer_not_found")
    assert_problem(people.call("list_bindings"), 404, "customer_not_found")
    assert_problem(portal.bind(USER, Ulids().new()), 404, "customer_not_found")
    for binding_id in (bound["id"], "0" * 64, "x"):
        ended = people.call("revoke_binding", of=binding_id, **OTHER)
        assert_problem(ended, 404, "binding_not_found")


def test_bindings_of_a_customer_are_bounded(people: People, portal: Portal) -> None:
    """Guarantee: a list that is answered whole cannot grow without end."""
    made = people.put()
    for n in range(MAX_BINDINGS):
        assert portal.bind(f"user-{n}", made["id"]).status == 201
    assert_problem(portal.bind("one more", made["id"]), 409, "too_many_bindings")
