"""POST /v1/customers and PATCH: who is made, who is found, and what moves with him."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.functions.customers_api.conftest import ANN
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import order
from tests.support.tables import AUDIT

if TYPE_CHECKING:
    from tests.functions.customers_api.conftest import People

HOME = {"line1": "1 High Street", "city": "York", "country": "GB", "postal_code": "YO1 7HH"}


def test_a_customer_is_made_in_normal_form(people: People) -> None:
    """Guarantee: the answer is what is kept: folded address, number in E.164 by tenant's region."""
    made = people.put(**ANN, phone="020 7946 0018", billing_address=HOME)
    assert (made["email"], made["phone"]) == ("ann@example.org", "+442079460018")
    assert made["billing_address"] == HOME
    assert (made["guest"], made["version"], made["do_not_sell_or_share"]) == (False, 1, False)
    assert people.get(made["id"]) == made


@pytest.mark.parametrize(
    "again", [{"external_id": "ext-1"}, {"email": "ANN@example.org"}, {**ANN, "last_name": "Lee"}]
)
def test_either_identity_finds_him(people: People, again: dict[str, Any]) -> None:
    """Guarantee: external id or e-mail finds the same customer, who keeps what is left out."""
    made = people.put()
    found = people.put(**again)
    assert found["id"] == made["id"]
    assert found == made | again | {"email": made["email"], "version": found["version"]}
    assert found["version"] == 1 + ("last_name" in again)


def test_an_order_finds_him_and_he_it(people: People) -> None:
    """Guarantee: a customer is one whether an order or this route came first."""
    people.shop.stock("A", 10)
    made = people.put()
    reply = people.shop.door.place(order(customer={"email": "ann@example.org"}))
    assert reply.json["customer_id"] == made["id"]
    listed = people.call("list_orders", query={"customer_id": made["id"]}).json["orders"]
    assert [o["id"] for o in listed] == [reply.json["id"]]
    placed = people.shop.door.place(order(customer={"email": "ben@example.org"}), "k2")
    assert people.put(email="Ben@example.org")["id"] == placed.json["customer_id"]


def test_a_repeat_is_the_same_answer(people: People) -> None:
    """Guarantee: the same key and body write nothing again; another body is 422."""
    first = people.call("put_customer", ANN, key="k")
    with nothing_written(people.shop):
        assert people.call("put_customer", ANN, key="k").json == first.json
        refused = people.call("put_customer", ANN | {"first_name": "An"}, key="k")
    assert_problem(refused, 422, "idempotency_key_reused")


def test_a_changed_address_moves_its_guard(people: People) -> None:
    """Guarantee: the old address is anybody's again, the new one is his, in one transaction."""
    made = people.put()
    sent = people.shop.transactions()
    changed = people.call("change_customer", {"version": 1, "email": "new@example.org"}, made["id"])
    assert (changed.status, changed.json["version"], len(sent)) == (200, 2, 1)
    other = people.put(email="ann@example.org")
    assert other["id"] != made["id"]
    assert people.put(email="new@example.org")["id"] == made["id"]
    assert people.get(made["id"])["email"] == "new@example.org"


def test_a_stale_change_is_refused_and_a_repeat_is_not(people: People) -> None:
    """Guarantee: who saw an older state is told so; what is as asked for already is answered."""
    made = people.put()
    body = {"version": 1, "last_name": "Lee"}
    assert people.call("change_customer", body, made["id"]).json["version"] == 2
    with nothing_written(people.shop):
        assert people.call("change_customer", body, made["id"]).json["version"] == 2
        stale = people.call("change_customer", {"version": 1, "last_name": "Ray"}, made["id"])
    assert_problem(stale, 409, "version_stale")
    assert stale.json["current"] == {"version": 2}


def test_null_clears_and_absence_keeps(people: People) -> None:
    """Guarantee: JSON Merge Patch (RFC 7396) by field."""
    made = people.put(**ANN, shipping_address=HOME)
    changed = people.call(
        "change_customer", {"version": 1, "first_name": None, "shipping_address": None}, made["id"]
    ).json
    assert "first_name" not in changed
    assert "shipping_address" not in changed
    assert changed["email"] == "ann@example.org"


def test_anothers_identity_cannot_be_had(people: People) -> None:
    """Guarantee: an identity that somebody holds is refused, without a word about him."""
    made, other = people.put(), people.put(email="ben@example.org")
    with nothing_written(people.shop):
        refused = people.call(
            "change_customer", {"version": 1, "email": "ben@example.org"}, made["id"]
        )
        both = people.call("put_customer", {"external_id": "ext-1", "email": "ben@example.org"})
    assert_problem(refused, 409, "identity_taken")
    assert refused.fields == {"email": "identity_taken"}
    assert_problem(both, 409, "customer_identities_differ")
    assert other["id"] not in refused.text + both.text


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"email": "ann@"}, {"email": "string_pattern_mismatch"}),
        ({"email": "ann@localhost"}, {"email": "invalid_email"}),
        ({"email": "a@mailinator.com"}, {"email": "blocked_domain"}),
        ({"email": "a@example.org", "phone": "12"}, {"phone": "invalid_phone"}),
        ({"email": "a@example.org", "id": "x"}, {"id": "extra_forbidden"}),
        ({"email": "a@example.org", "version": 9}, {"version": "extra_forbidden"}),
        (
            {"email": "a@example.org", "billing_address": HOME | {"country": "UK "}},
            {"billing_address.country": "string_pattern_mismatch"},
        ),
        ({"first_name": "Ann"}, {"": "value_error"}),
    ],
)
def test_what_cannot_be_kept_is_refused(
    people: People, body: dict[str, Any], fields: dict[str, str]
) -> None:
    """Guarantee: each wrong field is named, nothing of it told back, nothing written."""
    with nothing_written(people.shop):
        refused = people.call("put_customer", body)
    assert_problem(refused, 400, "invalid_body")
    assert refused.fields == fields
    assert "mailinator" not in refused.text


def test_an_order_is_held_to_the_same_rules(people: People) -> None:
    """Guarantee: an order cannot bring in an address or a number that could not be kept."""
    people.shop.stock("A", 10)
    customer = {"email": "a@mailinator.com", "phone": "12"}
    with nothing_written(people.shop):
        refused = people.shop.door.place(order(customer=customer))
    assert_problem(refused, 400, "invalid_body")
    assert refused.fields == {"customer.email": "blocked_domain", "customer.phone": "invalid_phone"}


def test_the_audit_tells_what_changed_and_no_value(people: People) -> None:
    """Guarantee: an entry per write, in its transaction, with names and HMACs alone."""
    made = people.put(**ANN, billing_address=HOME)
    people.call("change_customer", {"version": 1, "last_name": "Marked"}, made["id"])
    entries = sorted(
        (i for i in people.shop.items(AUDIT) if i["resource"] == f"customer/{made['id']}"),
        key=lambda i: str(i["action"]),
    )
    assert [(i["action"], set(i["fields"])) for i in entries] == [
        ("customer.change", {"customer.last_name"}),
        (
            "customer.put",
            {f"customer.{n}" for n in (*ANN, "billing_address")},
        ),
    ]
    assert not [v for v in ("Marked", "High Street", "example.org") if v in repr(entries)]


def test_personal_data_stands_in_the_customer_item_alone(people: People) -> None:
    """Guarantee: no key, index or other item of any table holds a value of his."""
    people.put(**ANN, phone="020 7946 0018", billing_address=HOME)
    values = ("ext-1", "ann@", "442079460018", "high street", "yo1 7hh")
    for item in (*people.shop.items(), *people.shop.items(AUDIT)):
        if item["sk"] != "CUSTOMER":
            assert not [v for v in values if v in repr(item).lower()], item
        assert not [v for v in values if v in f"{item['pk']}{item.get('list_by')}".lower()]
