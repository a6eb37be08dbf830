"""HubSpot's own clients, as they are published, work against the twin."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.objects import (
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.objects.exceptions import ApiException
from hubspot.crm.properties import PropertyCreate

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["Open", "Paid", "Processed", "Shipped", "Cancelled", "Refunded"]


@pytest.fixture
def client(twin: RunningTwin) -> HubSpot:
    """Return hubspot-api-client with nothing but its host changed."""
    return HubSpot(access_token=twin.token, host=twin.url)


def define_shop_id(client: HubSpot) -> Any:
    """Define a unique property on orders."""
    return client.crm.properties.core_api.create(
        "orders",
        PropertyCreate(
            name="shop_id",
            label="Shop id",
            type="string",
            field_type="text",
            group_name="order_information",
            has_unique_value=True,
        ),
    )


def test_python_upserts_and_reads_by_a_unique_property(client: HubSpot) -> None:
    """Orders go through the generic objects module; a missing one is an error entry."""
    assert define_shop_id(client).has_unique_value is True
    batches = client.crm.objects.batch_api
    inputs = [
        SimplePublicObjectBatchInputUpsert(
            id=key, id_property="shop_id", properties={"shop_id": key, "hs_order_name": key}
        )
        for key in ("a", "b")
    ]
    made = batches.upsert("orders", BatchInputSimplePublicObjectBatchInputUpsert(inputs))
    assert sorted(r.properties["hs_order_name"] for r in made.results) == ["a", "b"]
    assert all(r.new for r in made.results)
    read = batches.read(
        "orders",
        BatchReadInputSimplePublicObjectId(
            inputs=[SimplePublicObjectId(id="a"), SimplePublicObjectId(id="missing")],
            id_property="shop_id",
            properties=["hs_order_name"],
            properties_with_history=[],
        ),
    )
    assert read.num_errors == 1
    assert read.errors[0].context == {"ids": ["missing"]}


def test_python_associates_and_searches(client: HubSpot, twin: RunningTwin) -> None:
    """The v4 associations and the search module."""
    order, contact = (
        client.crm.objects.basic_api.create(
            kind, SimplePublicObjectInputForCreate(properties=properties, associations=[])
        )
        for kind, properties in (
            ("orders", {"hs_order_name": "1"}),
            ("contacts", {"email": "ann@example.com"}),
        )
    )
    associations = client.crm.associations.v4
    associations.basic_api.create_default("orders", order.id, "contacts", contact.id)
    read = associations.batch_api.get_page(
        "orders",
        "contacts",
        BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": order.id}]),
    )
    assert read.results[0].to[0].to_object_id == contact.id
    found = client.crm.objects.search_api.do_search(
        "orders",
        PublicObjectSearchRequest(
            filter_groups=[], sorts=[], properties=["hs_order_name"], limit=10, after="0"
        ),
    )
    assert found.total == 1
    assert twin.twin.stats.body()["total_429"] == 0


def test_python_reads_the_pipeline(client: HubSpot) -> None:
    """The stages by their labels."""
    (pipeline,) = client.crm.pipelines.pipelines_api.get_all("orders").results
    assert [s.label for s in pipeline.stages] == STAGES


@pytest.mark.parametrize(
    "path",
    ["/crm/v3/objects/orders", "/crm/objects/2026-03/orders", "/crm/objects/2026-09/orders"],
)
def test_python_held_client_calls_any_version(
    client: HubSpot, twin: RunningTwin, path: str
) -> None:
    """One held ApiClient and its call_api: dated paths, headers in sight, ApiException on 429."""
    api_client = client.crm.objects.batch_api.api_client
    api_client.configuration.access_token = twin.token

    def call(method: str, body: Any = None) -> Any:
        response = api_client.call_api(
            path,
            method,
            header_params={"Content-Type": "application/json", "Accept": "application/json"},
            body=body,
            auth_settings=["oauth2"],
            _preload_content=False,
            _request_timeout=5,
        )
        assert response.data  # read, so that the connection goes back to the pool
        return response

    response = call("POST", {"properties": {"hs_order_name": "1"}, "associations": []})
    assert response.status == 201
    assert json.loads(response.data)["properties"]["hs_order_name"] == "1"
    assert response.headers["X-HubSpot-RateLimit-Remaining"] == "189"
    twin.twin.portals[1].tier = "free"
    for _ in range(99):
        call("GET")
    with pytest.raises(ApiException) as refused:
        call("GET")
    assert refused.value.status == 429
    assert json.loads(refused.value.body)["policyName"] == "TEN_SECONDLY_ROLLING"


def test_python_refusals_are_api_exceptions(client: HubSpot) -> None:
    """With HubSpot's body."""
    with pytest.raises(ApiException) as refused:
        client.crm.objects.basic_api.create(
            "orders", SimplePublicObjectInputForCreate(properties={"ghost": "x"}, associations=[])
        )
    assert refused.value.status == 400
    assert json.loads(refused.value.body)["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"


def test_the_node_client_works_unmodified(twin: RunningTwin) -> None:
    """@hubspot/api-client with nothing but its basePath changed, dated path included."""
    node = shutil.which("node")
    assert node, "Node.js is one of the project's needs"
    script = Path(__file__).with_name("node_client.cjs")
    run = subprocess.run(
        [node, str(script), twin.url, twin.token],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "unique": True,
        "created": ["a", "b"],
        "read": ["a"],
        "missing": ["missing"],
        "linked": True,
        "found": 1,
        "stages": STAGES,
        "dated": True,
        "refused": {"code": 400, "category": "VALIDATION_ERROR"},
    }
