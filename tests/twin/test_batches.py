"""Batches: limits, duplicates, all-or-nothing, partial failures per version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import Reply, RunningTwin

PROPERTY = {
    "name": "shop_id",
    "label": "Shop id",
    "type": "string",
    "fieldType": "text",
    "groupName": "productinformation",
    "hasUniqueValue": True,
}


@pytest.fixture(params=VERSIONS)
def base(request: pytest.FixtureRequest, twin: RunningTwin) -> str:
    """Return the objects path of each version, with a unique property on products."""
    reply = twin.call("POST", "/crm/properties/2026-09/products", PROPERTY)
    assert reply.status == 201, reply.body
    return VERSIONS[request.param]


def partial(base: str, plain: int = 200) -> int:
    """Return the status of results with errors: 2026-09 has no 207."""
    return plain if base.endswith("2026-09") else 207


def upsert(twin: RunningTwin, base: str, *inputs: dict[str, Any]) -> Reply:
    """Upsert products by shop_id."""
    given = [{"idProperty": "shop_id", **one} for one in inputs]
    return twin.call("POST", f"{base}/products/batch/upsert", {"inputs": given})


def product(key: str, **properties: str) -> dict[str, Any]:
    """One upsert input."""
    return {"id": key, "properties": {"shop_id": key, **properties}}


def names(twin: RunningTwin) -> list[str]:
    """Return the names of all live products."""
    records = twin.twin.portals[1].records["0-7"].values()
    return sorted(r.properties["name"] for r in records if r.archived_at is None)


def test_upsert_creates_then_updates(twin: RunningTwin, base: str) -> None:
    """`new` tells which; the same key never makes a second record."""
    first = upsert(twin, base, product("a", name="A"), product("b", name="B"))
    again = upsert(twin, base, product("a", name="A2"), product("c", name="C"))
    assert {r["properties"]["shop_id"]: r["new"] for r in first.body["results"]} == {
        "a": True,
        "b": True,
    }
    assert {r["properties"]["shop_id"]: r["new"] for r in again.body["results"]} == {
        "a": False,
        "c": True,
    }
    assert names(twin) == ["A2", "B", "C"]


def test_upsert_results_are_not_in_the_order_of_the_inputs(twin: RunningTwin, base: str) -> None:
    """Whoever matches results by position is found out."""
    keys = [f"k{i}" for i in range(20)]
    reply = upsert(twin, base, *(product(k, name=k) for k in keys))
    assert [r["properties"]["shop_id"] for r in reply.body["results"]] != keys


@pytest.mark.parametrize("action", ["create", "read", "update", "upsert", "archive"])
def test_a_batch_has_at_most_100_inputs(twin: RunningTwin, base: str, action: str) -> None:
    """The 101st refuses the batch, whatever the action."""
    inputs = [product(str(i), name="x") | {"idProperty": "shop_id"} for i in range(101)]
    reply = twin.call("POST", f"{base}/products/batch/{action}", {"inputs": inputs})
    assert reply.status == 400
    assert "maximum number of inputs supported in a batch is 100" in reply.body["message"]
    assert names(twin) == []


def test_reading_with_history_takes_at_most_50(twin: RunningTwin, base: str) -> None:
    """The 51st refuses the batch."""
    body = {
        "inputs": [{"id": str(i)} for i in range(51)],
        "properties": [],
        "propertiesWithHistory": ["name"],
    }
    assert twin.call("POST", f"{base}/products/batch/read", body).status == 400


def test_an_id_twice_in_a_batch_refuses_it(twin: RunningTwin, base: str) -> None:
    """Also when the two differ in case only, since unique values fold."""
    for twice in ("a", "A"):
        reply = upsert(twin, base, product("a", name="1"), product(twice, name="2"))
        assert reply.status == 400
        assert reply.body["message"].startswith("Duplicate IDs found in batch input")
    assert names(twin) == []


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ({"price": "cheap"}, 400),
        ({"no_such": "x"}, 400),
        ({"hs_sku": "taken"}, 400),
    ],
)
def test_one_bad_record_refuses_a_whole_upsert_batch(
    twin: RunningTwin, base: str, bad: dict[str, str], status: int
) -> None:
    """Nothing of the other 99 lands: whoever wants them has to send them again."""
    create(twin, base, "products", name="Holder", hs_sku="Taken")
    inputs = [product(str(i), name="good") for i in range(99)]
    reply = upsert(twin, base, *inputs, product("bad", name="bad", **bad))
    assert reply.status == status
    assert names(twin) == ["Holder"]


def test_an_email_that_another_contact_has_refuses_the_batch_with_409(
    twin: RunningTwin, base: str
) -> None:
    """HubSpot answers a conflict of contacts with 409 and the other's id."""
    body = PROPERTY | {"groupName": "contactinformation"}
    twin.call("POST", "/crm/properties/2026-09/contacts", body)
    held = create(twin, base, "contacts", email="ann@example.com")
    one = {
        "id": "a",
        "idProperty": "shop_id",
        "properties": {"shop_id": "a", "email": "Ann@Example.com"},
    }
    reply = twin.call("POST", f"{base}/contacts/batch/upsert", {"inputs": [one]})
    assert (reply.status, reply.body["category"]) == (409, "CONFLICT")
    assert reply.body["message"] == f"Contact already exists. Existing ID: {held['id']}"


def test_traced_upserts_are_partial_where_the_switch_says_so(twin: RunningTwin, base: str) -> None:
    """One account was seen to answer traced upserts record by record."""
    twin.twin.portals[1].settings.traced_writes_are_partial = True
    good, bad = product("a", name="A"), product("b", price="cheap")
    reply = upsert(
        twin, base, good | {"objectWriteTraceId": "1"}, bad | {"objectWriteTraceId": "2"}
    )
    assert reply.status == partial(base)
    assert reply.body["errors"][0]["context"]["objectWriteTraceId"] == ["2"]
    assert names(twin) == ["A"]


def test_create_is_all_or_nothing_unless_every_input_is_traced(
    twin: RunningTwin, base: str
) -> None:
    """With trace ids each record has its own outcome, without them all share one."""
    inputs: list[dict[str, Any]] = [
        {"properties": {"name": "A"}, "associations": []},
        {"properties": {"price": "cheap"}, "associations": []},
    ]
    path = f"{base}/products/batch/create"
    assert twin.call("POST", path, {"inputs": inputs}).status == 400
    assert names(twin) == []
    for i, one in enumerate(inputs):
        one["objectWriteTraceId"] = str(i)
    reply = twin.call("POST", path, {"inputs": inputs})
    assert reply.status == partial(base, 201)
    assert reply.body["numErrors"] == 1
    assert reply.body["errors"][0]["context"] == {"objectWriteTraceId": ["1"]}
    assert [r["objectWriteTraceId"] for r in reply.body["results"]] == ["0"]
    assert names(twin) == ["A"]


@pytest.mark.parametrize("action", ["read", "update"])
def test_missing_ids_are_error_entries(twin: RunningTwin, base: str, action: str) -> None:
    """What is there is answered; what is not is named, with the version's status."""
    made = create(twin, base, "products", name="A")["id"]
    inputs: list[dict[str, Any]] = [{"id": made}, {"id": "404"}]
    body: dict[str, Any] = {"inputs": inputs, "properties": [], "propertiesWithHistory": []}
    if action == "update":
        body = {"inputs": [i | {"properties": {"name": "A2"}} for i in inputs]}
    reply = twin.call("POST", f"{base}/products/batch/{action}", body)
    assert reply.status == partial(base)
    assert [r["id"] for r in reply.body["results"]] == [made]
    assert reply.body["numErrors"] == 1
    error = reply.body["errors"][0]
    assert (error["category"], error["context"]) == ("OBJECT_NOT_FOUND", {"ids": ["404"]})


def test_a_clean_batch_has_no_errors_field(twin: RunningTwin, base: str) -> None:
    """`errors` and `numErrors` are there only when something failed."""
    reply = upsert(twin, base, product("a", name="A"))
    assert reply.status == 200
    assert not {"errors", "numErrors"} & reply.body.keys()


def test_archive_is_silent_about_what_is_not_there(twin: RunningTwin, base: str) -> None:
    """204 in any case; the unique value is free again."""
    upsert(twin, base, product("a", name="A"))
    made = next(iter(twin.twin.portals[1].records["0-7"]))
    body = {"inputs": [{"id": made}, {"id": "404"}]}
    assert twin.call("POST", f"{base}/products/batch/archive", body).status == 204
    assert names(twin) == []
    assert upsert(twin, base, product("a", name="B")).body["results"][0]["new"] is True


def test_create_links_to_what_is_there(twin: RunningTwin, base: str) -> None:
    """Associations of a create body are made, and one with a missing record refuses it."""
    contact = create(twin, base, "contacts", email="ann@example.com")["id"]
    link = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 507}
    one = {
        "properties": {"hs_order_name": "1"},
        "associations": [{"to": {"id": contact}, "types": [link]}],
    }
    reply = twin.call("POST", f"{base}/orders/batch/create", {"inputs": [one]})
    order = reply.body["results"][0]["id"]
    read = twin.call("GET", f"{base}/orders/{order}?associations=contacts").body
    assert [a["id"] for a in read["associations"]["contacts"]["results"]] == [contact]
    one["associations"] = [{"to": {"id": "404"}, "types": [link]}]
    assert twin.call("POST", f"{base}/orders/batch/create", {"inputs": [one]}).status == 404


def test_a_hundred_upserts_take_well_under_50_ms(twin: RunningTwin) -> None:
    """The twin must never be what a measurement measures (the best of five is taken)."""
    import time

    twin.call("POST", "/crm/properties/2026-09/products", PROPERTY)
    inputs = [product(str(i), name=f"P{i}", price="1.00") for i in range(100)]
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        assert upsert(twin, VERSIONS["2026-09"], *inputs).status == 200
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.05
