"""A portal's user reaches his own data and nobody else's, on every route there is.

OWASP API Security Top 10 (2023): API1 (another's id), API3 (another's fields), API5 (another's
routes). The rules stand here a second time, route by route: one more route without a rule is red.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from core.routes import ROUTES, Door
from core.ulids import Ulids
from tests.functions.customers_api.conftest import ANN, People
from tests.support.portal import OWN, Portal
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import ALL, order

if TYPE_CHECKING:
    from tests.support.doors import Reply
    from tests.support.shop import Shop

SAID = {"consents": [{"purpose": "newsletter", "state": "granted"}]}
BY_CUSTOMER = {"get_customer": None, "list_consents": None, "record_consents": SAID}
BY_ORDER = {"get_order": None, "list_returns": None}
LISTS = {"list_orders"}
CLOSED = {
    *("list_products", "put_product", "get_product", "list_stock", "get_stock", "list_ledger"),
    *("count_stock", "adjust_stock", "batch_stock", "reserve", "get_reservation"),
    *("commit_reservation", "release_reservation", "place_order", "place_orders", "change_order"),
    *("cancel_lines", "return_lines", "list_customers", "put_customer", "find_customer"),
    *("change_customer", "list_bindings", "bind_subject", "revoke_binding", "list_keys"),
    *("create_key", "get_key", "rotate_key", "revoke_key", "vend_credentials"),
}
"""Routes that open to nobody for his own data. Each new route belongs into one of these sets."""


@dataclass(slots=True)
class Two:
    """Ann and Ben, each bound, each with an order; Ann is the one who calls."""

    portal: Portal
    ann: str
    ben: str
    anns: str
    bens: str

    def call(self, name: str, of: str, body: object = None, **more: Any) -> Reply:
        """Call a route as Ann, with something's id in its path."""
        return self.portal.call("ann@portal", name, body, id=of, **more)


@pytest.fixture
def two(people: People) -> Two:
    """Return two customers of one shop and one portal."""
    people.shop.stock("A", 10)
    portal = Portal(people.shop)
    ann, ben = people.put()["id"], people.put(email="ben@example.org", first_name="Ben")["id"]
    orders = [
        people.shop.door.place(order(customer={"email": f"{n}@example.org"}), n).json["id"]
        for n in ("ann", "ben")
    ]
    assert portal.bind("ann@portal", ann).status == 201
    assert portal.bind("ben@portal", ben).status == 201
    return Two(portal, ann, ben, *orders)


def test_every_route_has_a_rule() -> None:
    """Guarantee: no route can be added at the token door of which this file does not speak."""
    named = {r.name: r.own for r in ROUTES if Door.TOKEN in r.doors}
    assert set(named) == set(BY_CUSTOMER) | set(BY_ORDER) | LISTS | CLOSED
    assert {name for name, own in named.items() if own is None} == CLOSED
    assert {own for own in named.values() if own} == OWN


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_what_is_not_his_to_call_is_closed(two: Two, name: str) -> None:
    """Guarantee: with every own scope he is refused on every route that has none (API5)."""
    with nothing_written(two.portal.shop):
        refused = two.portal.call("ann@portal", name, {}, sku="A", location="main", id=two.ann)
    assert_problem(refused, 403, "forbidden")


@pytest.mark.parametrize("name", sorted(BY_CUSTOMER))
def test_his_own_is_his_and_anothers_is_nobodys(two: Two, name: str) -> None:
    """Guarantee: by his id or `me` he is answered; another's id is to the byte one of nobody."""
    body = BY_CUSTOMER[name]
    with nothing_written(two.portal.shop):
        theirs, nobodys = (two.call(name, of, body) for of in (two.ben, Ulids().new()))
    assert_problem(theirs, 404, "customer_not_found")
    assert (theirs.status, theirs.text, theirs.headers) == (404, nobodys.text, nobodys.headers)
    for of in (two.ann, "me"):
        assert two.call(name, of, body).status in {200, 201}


@pytest.mark.parametrize("name", sorted(BY_ORDER))
def test_his_orders_are_his_and_anothers_are_nobodys(two: Two, name: str) -> None:
    """Guarantee: another's order answers to the byte as one that never was (API1)."""
    theirs, nobodys = (two.call(name, of) for of in (two.bens, Ulids().new()))
    assert_problem(theirs, 404, "order_not_found")
    assert (theirs.status, theirs.text, theirs.headers) == (404, nobodys.text, nobodys.headers)
    assert two.call(name, two.anns).status == 200


def test_his_list_holds_his_orders_alone(two: Two) -> None:
    """Guarantee: asked for nothing, himself or a state he finds his orders; for another none."""
    for query in (None, {"customer_id": two.ann}, {"state": "placed"}):
        found = two.call("list_orders", "", query=query).json["orders"]
        assert [o["id"] for o in found] == [two.anns]
    for of in (two.ben, Ulids().new()):
        assert two.call("list_orders", "", query={"customer_id": of}).json == {"orders": []}


def test_a_cursor_of_everyones_list_is_not_his(two: Two, people: People) -> None:
    """Guarantee: a cursor of the whole list, or of another's, opens nothing for him."""
    people.shop.door.place(order(customer={"email": "ben@example.org"}), "k3")
    for query in ({"limit": "1"}, {"limit": "1", "customer_id": two.ben}):
        cursor = people.call("list_orders", query=query).json["cursor"]
        refused = two.call("list_orders", "", query={"cursor": cursor})
        assert_problem(refused, 400, "invalid_cursor")


def test_of_himself_he_is_shown_everything(two: Two) -> None:
    """Guarantee: his own contact data is his to see, and no field that is nobody's (API3)."""
    shown = two.call("get_customer", "me").json
    assert (shown["email"], shown["first_name"]) == ("ann@example.org", "Ann")
    narrow = two.call("get_customer", "me", query={"fields": "email"}).json
    assert set(narrow) == {"id", "version", "email"}
    refused = two.call("get_customer", "me", query={"fields": "audit_key"})
    assert_problem(refused, 400, "unknown_field")


def test_he_withdraws_and_gives_for_himself_and_now(two: Two) -> None:
    """Guarantee: basis, time and source of his decisions are not his to claim, but ours to know."""
    out = {"consents": [{"purpose": "sale_or_sharing", "state": "withdrawn"}]}
    found = two.call("record_consents", "me", out).json
    assert found["do_not_sell_or_share"] is True
    assert found["consents"]["sale_or_sharing"]["source"] == "https://login.portal.example"
    more = {"at": "2020-01-01T00:00:00Z", "basis": "contract", "source": "shop"}
    for name, value in more.items():
        said = {"consents": [SAID["consents"][0] | {name: value}]}
        refused = two.call("record_consents", "me", said)
        assert_problem(refused, 400, "invalid_body")
        assert refused.fields == {f"consents.0.{name}": "not_yours_to_say"}


@pytest.mark.parametrize(
    ("user", "changed"),
    [
        ("stranger@portal", {}),
        ("ann@portal", {"issuer": "https://login.other.example"}),
        ("ann@portal", {"tenant": "other"}),
        ("ann@portal", {"scopes": {"orders:own"}}),
        ("", {}),
    ],
    ids=["unbound", "another issuer", "another tenant", "another scope", "no user"],
)
def test_whoever_is_bound_to_nobody_reaches_nothing(
    two: Two, user: str, changed: dict[str, Any]
) -> None:
    """Guarantee: the same `sub` of another issuer, in another tenant, or no user at all: 403."""
    for of in ("me", two.ann):
        refused = two.portal.call(user, "get_customer", id=of, **changed)
        assert_problem(refused, 403, "forbidden")


def test_a_binding_ends_at_the_next_call(two: Two) -> None:
    """Guarantee: nothing remembers a binding: what is revoked opens nothing any more."""
    shop = two.portal.shop
    people = People(shop, keys=100)
    (binding,) = people.call("list_bindings", query={"customer_id": two.ann}).json["bindings"]
    assert two.call("get_customer", "me").status == 200
    assert people.call("revoke_binding", of=binding["id"]).status == 200
    for name, of in (("get_customer", "me"), ("get_order", two.anns), ("list_orders", "")):
        assert_problem(two.call(name, of), 403, "forbidden")


def test_a_customer_who_is_no_more_opens_nothing(two: Two) -> None:
    """Guarantee: whose erasure is owed, or done, is nobody: neither he nor the shop finds him."""
    shop: Shop = two.portal.shop
    key = {"pk": {"S": f"main#CUSTOMER#{two.ann}"}, "sk": {"S": "CUSTOMER"}}
    shop.dynamodb.update_item(
        TableName="core",
        Key=key,
        UpdateExpression="SET erased_at = :now",
        ExpressionAttributeValues={":now": {"N": "1"}},
    )
    people = People(shop)
    assert_problem(people.call("get_customer", of=two.ann), 404, "customer_not_found")
    assert_problem(
        people.call("list_bindings", query={"customer_id": two.ann}), 404, "customer_not_found"
    )
    assert_problem(two.portal.bind("somebody", two.ann), 404, "customer_not_found")
    assert_problem(two.call("get_customer", "me"), 403, "forbidden")
    shop.dynamodb.delete_item(TableName="core", Key=key)
    for name, of in (("get_customer", "me"), ("get_order", two.anns), ("list_orders", "")):
        assert_problem(two.call(name, of), 403, "forbidden")


def test_who_holds_the_whole_scope_is_not_held_to_his_own(two: Two) -> None:
    """Guarantee: a back office's user, whose issuer may say so, works for the whole tenant."""
    reply = two.portal.call("ann@portal", "get_order", id=two.bens, scopes=ALL)
    assert reply.status == 200


def test_what_is_personal_is_not_his_to_write(two: Two) -> None:
    """Guarantee: no own scope writes a customer's fields; rectification goes through the shop."""
    refused = two.call("change_customer", two.ann, {"version": 1, "email": "x@example.org"})
    assert_problem(refused, 403, "forbidden")
    assert ANN["first_name"] == two.call("get_customer", "me").json["first_name"]
