"""Single records: create, read, update, archive, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

VERSIONS = {
    "v3": "/crm/v3/objects",
    "2026-03": "/crm/objects/2026-03",
    "2026-09": "/crm/objects/2026-09",
}


@pytest.fixture(params=VERSIONS)
def base(request: pytest.FixtureRequest) -> str:
    """Return the path of the objects API in each version."""
    return VERSIONS[request.param]


def create(twin: RunningTwin, base: str, kind: str, **properties: str) -> dict[str, Any]:
    """Create a record that must be accepted."""
    reply = twin.call("POST", f"{base}/{kind}", {"properties": properties, "associations": []})
    assert reply.status == 201, reply.body
    body: dict[str, Any] = reply.body
    return body


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("contacts", {"email": "ann@example.com"}),
        ("companies", {"name": "Teapots Ltd"}),
        ("products", {"name": "Teapot", "price": "12.50"}),
        ("orders", {"hs_order_name": "1001"}),
        ("line_items", {"name": "Teapot", "quantity": "2"}),
        ("carts", {"hs_cart_name": "basket"}),
    ],
)
def test_a_record_is_kept_until_it_is_archived(
    twin: RunningTwin, base: str, kind: str, properties: dict[str, str]
) -> None:
    """What is created can be read, changed, listed and archived, in every version."""
    made = create(twin, base, kind, **properties)
    path = f"{base}/{kind}/{made['id']}"
    name, value = next(iter(properties.items()))
    assert twin.call("GET", f"{path}?properties={name}").body["properties"][name] == value
    changed = twin.call("PATCH", path, {"properties": {name: "x" + value}})
    if name != "quantity":
        assert changed.status == 200
        assert changed.body["properties"][name] == "x" + value
    listed = twin.call("GET", f"{base}/{kind}?properties={name}").body["results"]
    assert [r["id"] for r in listed] == [made["id"]]
    assert twin.call("DELETE", path).status == 204
    assert twin.call("GET", path).status == 404
    assert twin.call("GET", f"{path}?archived=true").body["archived"] is True
    assert twin.call("GET", f"{base}/{kind}").body["results"] == []


def test_a_type_id_names_the_same_records_as_its_name(twin: RunningTwin, base: str) -> None:
    """0-123 and orders are one type."""
    made = create(twin, base, "orders", hs_order_name="1001")
    assert twin.call("GET", f"{base}/0-123/{made['id']}").body["id"] == made["id"]


def test_hubspot_keeps_its_own_properties(twin: RunningTwin, base: str) -> None:
    """Id and dates are properties that HubSpot sets, and that follow a change."""
    made = create(twin, base, "products", name="Teapot")
    own = made["properties"]
    assert own["hs_object_id"] == made["id"]
    assert own["createdate"] == made["createdAt"]
    twin.twin.clock.advance(1_000)
    path = f"{base}/products/{made['id']}"
    changed = twin.call("PATCH", path, {"properties": {"name": "Pot"}}).body
    assert changed["properties"]["hs_lastmodifieddate"] == changed["updatedAt"] > made["updatedAt"]
    assert changed["createdAt"] == made["createdAt"]


def test_an_empty_string_clears_and_an_unset_property_is_null(twin: RunningTwin, base: str) -> None:
    """Clearing is writing "", and a reader sees null."""
    made = create(twin, base, "products", name="Teapot", description="Blue")
    path = f"{base}/products/{made['id']}"
    twin.call("PATCH", path, {"properties": {"description": ""}})
    read = twin.call("GET", f"{path}?properties=description,price").body["properties"]
    assert read["description"] is None
    assert read["price"] is None


def test_a_property_that_is_not_defined_is_left_out_of_answers(
    twin: RunningTwin, base: str
) -> None:
    """Asking for it is no error, and it is not null either."""
    made = create(twin, base, "products", name="Teapot")
    read = twin.call("GET", f"{base}/products/{made['id']}?properties=ghost,price").body
    assert "ghost" not in read["properties"]
    assert "price" in read["properties"]


def test_null_clears_nothing(twin: RunningTwin, base: str) -> None:
    """HubSpot answers with success all the same."""
    made = create(twin, base, "products", name="Teapot", description="Blue")
    path = f"{base}/products/{made['id']}"
    assert twin.call("PATCH", path, {"properties": {"description": None}}).status == 200
    twin.twin.recorder.kept.clear()  # the documents do not allow null here
    read = twin.call("GET", f"{path}?properties=description").body
    assert read["properties"]["description"] == "Blue"


def test_history_tells_each_value_and_who_set_it(twin: RunningTwin, base: str) -> None:
    """The history of a property has its newest value first."""
    made = create(twin, base, "products", name="Teapot")
    path = f"{base}/products/{made['id']}"
    twin.call("PATCH", path, {"properties": {"name": "Pot"}})
    read = twin.call("GET", f"{path}?propertiesWithHistory=name").body
    history = read["propertiesWithHistory"]["name"]
    assert [v["value"] for v in history] == ["Pot", "Teapot"]
    assert {v["sourceType"] for v in history} == {"INTEGRATION"}


def test_a_list_is_read_page_by_page(twin: RunningTwin, base: str) -> None:
    """`after` leads through all records once; a page over 100 is refused."""
    made = [create(twin, base, "products", name=f"P{i}")["id"] for i in range(5)]
    seen, after = [], ""
    while True:
        page = twin.call("GET", f"{base}/products?limit=2{after}").body
        seen += [r["id"] for r in page["results"]]
        if "paging" not in page:
            break
        after = f"&after={page['paging']['next']['after']}"
    assert seen == made
    assert twin.call("GET", f"{base}/products?limit=101").status == 400


def test_an_order_needs_its_name(twin: RunningTwin, base: str) -> None:
    """A create without a required property is refused and names it."""
    reply = twin.call("POST", f"{base}/orders", {"properties": {}, "associations": []})
    assert reply.status == 400
    assert reply.body["message"] == ("Error creating ORDER. Some required properties were not set.")
    assert reply.body["context"]["properties"] == ["hs_order_name"]


def test_archiving_an_order_takes_its_lines_along(twin: RunningTwin) -> None:
    """A line item belongs to one parent and goes with it."""
    base = VERSIONS["2026-09"]
    order = create(twin, base, "orders", hs_order_name="1001")["id"]
    line = create(twin, base, "line_items", name="Teapot")["id"]
    path = f"{base}/orders/{order}/associations/default/line_items/{line}"
    assert twin.call("PUT", path).status == 200
    twin.call("DELETE", f"{base}/orders/{order}")
    assert twin.call("GET", f"{base}/line_items/{line}").status == 404


def test_an_unknown_type_and_an_unknown_path_are_refused(twin: RunningTwin, base: str) -> None:
    """Neither is a 5xx."""
    reply = twin.call("GET", f"{base}/teapots")
    assert (reply.status, reply.body["message"]) == (
        400,
        "Unable to infer object type from: teapots",
    )
    assert twin.call("GET", "/crm/v9/objects/contacts").status == 404
    twin.twin.recorder.kept.clear()  # no document can know these


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"properties": []}', 400), (b"\xff", 400), (b"null", 400)],
)
def test_a_malformed_body_is_refused(
    twin: RunningTwin, base: str, body: bytes, status: int
) -> None:
    """Bad JSON and wrong shapes are 400, never 5xx."""
    assert twin.call("POST", f"{base}/contacts", body).status == status
