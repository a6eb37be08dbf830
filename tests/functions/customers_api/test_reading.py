"""Reading customers: one, by an identity, page by page; the fields asked for and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.ulids import Ulids
from tests.support.doors import ACCOUNT, as_role
from tests.support.problems import assert_problem
from tests.support.tables import AUDIT

if TYPE_CHECKING:
    from tests.functions.customers_api.conftest import People

OTHER: dict[str, Any] = {
    "identity": as_role("Both"),
    "headers": {"Countersign-Tenant": "other"},
}
BARE = {"identity": as_role("Bare")}


@pytest.fixture
def bare(people: People) -> dict[str, Any]:
    """Return a role that may read customers, but no contact data."""
    people.shop.tenancy.put_role(ACCOUNT, "Bare", {"main": ("customers:read",)})
    return BARE


def test_only_what_is_asked_for_is_shown(people: People) -> None:
    """Guarantee: the fields asked for, with id and version, and no others."""
    made = people.put()
    shown = people.call("get_customer", of=made["id"], query={"fields": "email,guest"})
    assert set(shown.json) == {"id", "version", "email", "guest"}


def test_contact_data_wants_its_own_scope(people: People, bare: dict[str, Any]) -> None:
    """Guarantee: without the scope contact data is left out, and refused when it is asked for."""
    made = people.put()
    shown = people.call("get_customer", of=made["id"], **bare)
    assert set(shown.json) == {
        *("id", "version", "external_id", "guest", "consents", "do_not_sell_or_share"),
        "created_at",
    }
    for name, more in (
        ("get_customer", {"of": made["id"], "query": {"fields": "email"}}),
        ("list_customers", {"query": {"fields": "first_name"}}),
        ("find_customer", {"body": {"external_id": "ext-1", "fields": ["phone"]}}),
    ):
        refused = people.call(name, **more, **bare)
        assert_problem(refused, 403, "scope_not_held")
        assert "ann" not in refused.text.lower()


def test_who_may_only_write_is_shown_no_field(people: People) -> None:
    """Guarantee: a writer's answer tells id and version, not what was there before him."""
    people.put()
    people.shop.tenancy.put_role(ACCOUNT, "Writer", {"main": ("customers:write",)})
    reply = people.call("put_customer", {"external_id": "ext-1"}, identity=as_role("Writer"))
    assert set(reply.json) == {"id", "version"}


def test_an_identity_finds_its_customer(people: People) -> None:
    """Guarantee: by e-mail in any spelling or by external id, neither of which is in the URL."""
    made = people.put()
    for body in ({"email": "ANN@Example.org"}, {"external_id": "ext-1"}):
        found = people.call("find_customer", {**body, "fields": ["guest"]}, key=None)
        assert found.json == {"id": made["id"], "version": 1, "guest": False}


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@example.org", "external_id": "1"}, {"email": "ann@"}, {"phone": "1"}],
)
def test_a_look_up_is_by_exactly_one_identity(people: People, body: dict[str, str]) -> None:
    """Guarantee: anything else is refused as malformed."""
    assert people.call("find_customer", body, key=None).status == 400


def test_nobodys_and_anothers_look_the_same(people: People) -> None:
    """Guarantee: another tenant's customer answers on every route as one that never was."""
    made = people.put()
    for of in (made["id"], Ulids().new(), "me", "x"):
        for name, body in (
            ("get_customer", None),
            ("change_customer", {"version": 1, "last_name": "X"}),
            ("list_consents", None),
            ("record_consents", {"consents": [_said()]}),
        ):
            assert_problem(people.call(name, body, of, **OTHER), 404, "customer_not_found")
    found = people.call("find_customer", {"external_id": "ext-1"}, **OTHER)
    assert_problem(found, 404, "customer_not_found")
    assert people.call("list_customers", **OTHER).json == {"customers": []}


def test_pages_hold_everyone_once(people: People) -> None:
    """Guarantee: guests too, oldest first, each once, with a cursor for this list alone."""
    people.shop.stock("A", 100)
    made = [people.put(external_id=f"c{n}")["id"] for n in range(5)]
    seen: list[str] = []
    query = {"limit": "2", "fields": "external_id"}
    while True:
        page = people.call("list_customers", query=query).json
        assert len(page["customers"]) <= 2
        seen += [c["id"] for c in page["customers"]]
        if "cursor" not in page:
            break
        query["cursor"] = page["cursor"]
    assert seen == sorted(made)
    stolen = people.call("list_products", query={"cursor": query["cursor"]})
    assert_problem(stolen, 400, "invalid_cursor")


def _said(**more: str) -> dict[str, str]:
    return {"purpose": "newsletter", "state": "granted", "source": "shop"} | more


def test_who_read_whom_is_written_down(people: People) -> None:
    """Guarantee: each answer that shows a person is in the audit, and what shows nobody is not."""
    made = people.put()
    before = {item["sk"] for item in people.shop.items(AUDIT)}
    assert people.call("get_customer", of=made["id"]).status == 200
    assert people.call("list_customers").status == 200
    assert people.call("get_customer", of=Ulids().new()).status == 404
    entries = [item for item in people.shop.items(AUDIT) if item["sk"] not in before]
    read = sorted((entry["action"], entry["resource"], entry["result"]) for entry in entries)
    assert read == [
        ("get_customer", f"customer/{made['id']}", "done"),
        ("list_customers", "customer", "done"),
    ]
