"""Property definitions, groups and pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

VERSIONS = {
    "v3": "/crm/v3/{}",
    "2026-03": "/crm/{}/2026-03",
    "2026-09": "/crm/{}/2026-09",
}
NUMBER = {
    "name": "stock_level",
    "label": "Stock level",
    "type": "number",
    "fieldType": "number",
    "groupName": "productinformation",
}


@pytest.fixture(params=VERSIONS)
def base(request: pytest.FixtureRequest) -> str:
    """Return the path of an API group in each version, to be formatted with its name."""
    return VERSIONS[request.param]


def test_a_property_is_defined_changed_and_archived(twin: RunningTwin, base: str) -> None:
    """Its whole life; afterwards records refuse it."""
    path = base.format("properties") + "/products"
    made = twin.call("POST", path, NUMBER)
    assert made.status == 201
    assert made.body["hasUniqueValue"] is False
    one = f"{path}/stock_level"
    changed = twin.call("PATCH", one, {"label": "In stock", "hasUniqueValue": True})
    twin.twin.recorder.kept.pop()  # the documents do not declare hasUniqueValue here
    assert (changed.body["label"], changed.body["hasUniqueValue"]) == ("In stock", False)
    assert "stock_level" in [p["name"] for p in twin.call("GET", path).body["results"]]
    assert twin.call("DELETE", one).status == 204
    assert twin.call("GET", one).status == 404
    assert twin.call("GET", f"{one}?archived=true").body["archived"] is True
    body = {"properties": {"stock_level": "1"}, "associations": []}
    assert twin.call("POST", base.format("objects") + "/products", body).status == 400


def test_a_second_definition_of_the_same_name_is_409(twin: RunningTwin, base: str) -> None:
    """Whoever provisions twice is told, and nothing changes."""
    path = base.format("properties") + "/products"
    assert twin.call("POST", path, NUMBER).status == 201
    again = twin.call("POST", path, NUMBER | {"label": "Other"})
    assert (again.status, again.body["category"]) == (409, "OBJECT_ALREADY_EXISTS")
    assert twin.call("GET", f"{path}/stock_level").body["label"] == "Stock level"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Stock Level"},
        {"groupName": "nowhere"},
        {"fieldType": "text"},
        {"type": "bool", "fieldType": "booleancheckbox"},
        {"type": "ghost"},
        {"label": ""},
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(
    twin: RunningTwin, change: dict[str, str]
) -> None:
    """Names, groups, and types that go together are checked."""
    assert twin.call("POST", "/crm/properties/2026-09/products", NUMBER | change).status == 400


def test_batches_of_definitions_tell_what_failed(twin: RunningTwin, base: str) -> None:
    """What can be made or read is; the rest are error entries."""
    path = base.format("properties") + "/products/batch"
    twin.call("POST", base.format("properties") + "/products", NUMBER)
    made = twin.call("POST", f"{path}/create", {"inputs": [NUMBER, NUMBER | {"name": "other"}]})
    old = "2026-09" not in base
    assert made.status == (207 if old else 200)
    assert ([p["name"] for p in made.body["results"]], made.body["numErrors"]) == (["other"], 1)
    body = {
        "inputs": [{"name": "other"}, {"name": "ghost"}],
        "archived": False,
        "dataSensitivity": "non_sensitive",
    }
    read = twin.call("POST", f"{path}/read", body)
    assert read.status == (207 if old else 200)
    assert [p["name"] for p in read.body["results"]] == ["other"]
    assert twin.call("POST", f"{path}/archive", {"inputs": [{"name": "other"}]}).status == 204


def test_a_new_definition_can_take_a_moment_to_be_readable(twin: RunningTwin) -> None:
    """HubSpot's answers lag some hundred milliseconds; the switch makes the twin do so."""
    twin.call("POST", "/_twin/settings", {"property_lag_ms": 500})
    path = "/crm/properties/2026-09/products"
    twin.call("POST", path, NUMBER)
    assert twin.call("GET", f"{path}/stock_level").status == 404
    twin.twin.clock.advance(600)
    assert twin.call("GET", f"{path}/stock_level").status == 200


def test_hubspots_own_definitions_cannot_be_changed(twin: RunningTwin, base: str) -> None:
    """They are read-only, and say so."""
    path = base.format("properties") + "/products/price"
    assert twin.call("GET", path).body["hubspotDefined"] is True
    assert twin.call("PATCH", path, {"label": "x"}).status == 400
    assert twin.call("DELETE", path).status == 400


def test_groups_are_made_once(twin: RunningTwin, base: str) -> None:
    """A new group takes properties; a second of its name is 409."""
    path = base.format("properties") + "/products/groups"
    group = {"name": "shop", "label": "Shop", "displayOrder": -1}
    assert twin.call("POST", path, group).status == 201
    assert twin.call("POST", path, group).status == 409
    assert twin.call("GET", f"{path}/shop").body["label"] == "Shop"
    assert "shop" in [g["name"] for g in twin.call("GET", path).body["results"]]
    properties = base.format("properties") + "/products"
    assert twin.call("POST", properties, NUMBER | {"groupName": "shop"}).status == 201


@pytest.mark.parametrize("kind", ["orders", "order", "0-123", "deals"])
def test_default_pipelines_are_there(twin: RunningTwin, base: str, kind: str) -> None:
    """Under plural, singular and type id; each stage can be read by itself."""
    path = base.format("pipelines") + f"/{kind}"
    (pipeline,) = twin.call("GET", path).body["results"]
    assert twin.call("GET", f"{path}/{pipeline['id']}").body == pipeline
    stages = twin.call("GET", f"{path}/{pipeline['id']}/stages").body["results"]
    assert stages == pipeline["stages"]
    one = twin.call("GET", f"{path}/{pipeline['id']}/stages/{stages[0]['id']}")
    assert one.body == stages[0]
    assert twin.call("GET", f"{path}/ghost").status == 404


def test_a_pipeline_and_a_stage_can_be_added(twin: RunningTwin, base: str) -> None:
    """And an order can stand in them."""
    path = base.format("pipelines") + "/orders"
    stage: dict[str, Any] = {"label": "New", "displayOrder": 0, "metadata": {}}
    body = {"label": "Wholesale", "displayOrder": 1, "stages": [stage]}
    made = twin.call("POST", path, body)
    assert made.status == 201
    more = {"label": "Done", "displayOrder": 1, "metadata": {"state": "CLOSED"}}
    added = twin.call("POST", f"{path}/{made.body['id']}/stages", more)
    assert added.status == 201
    order = {
        "hs_order_name": "1",
        "hs_pipeline": made.body["id"],
        "hs_pipeline_stage": added.body["id"],
    }
    objects = base.format("objects") + "/orders"
    reply = twin.call("POST", objects, {"properties": order, "associations": []})
    assert reply.status == 201
