"""Provisioning: makes a portal ready, changes nothing twice, and says what is wrong."""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.crm.properties import OURS, UNIQUE, ObjectType
from core.store.tenancy import StoredTenancy
from tests.support import tables
from tests.support.hubspot_specs import SpecChecker, require_specs
from tests.support.running_twin import RunningTwin, running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator


class Function:
    """The function as deployed."""

    def __init__(self, twin: RunningTwin, version: str) -> None:
        """Deploy it into moto."""
        self.twin = twin
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        self.tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        self.tenancy.put_tenant("main", "1")
        boto3.client("secretsmanager").create_secret(
            Name="hs/main", SecretString=json.dumps({"token": twin.token, "previous": None})
        )
        environment = {
            "ACCESS_TABLE": tables.ACCESS,
            "HUBSPOT_SECRET_PREFIX": "hs/",
            "HUBSPOT_BASE_URL": twin.url,
            "HUBSPOT_API_VERSION": version,
        }
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("hubspot_provision.handler"))

    def run(self, tenant: str = "main") -> dict[str, Any]:
        """Invoke it; the answer must survive JSON, as Lambda demands."""
        answer: dict[str, Any] = json.loads(
            json.dumps(self.module.handler({"tenant": tenant}, None))
        )
        return answer


@pytest.fixture(params=["2026-09", "v3"])
def function(request: pytest.FixtureRequest) -> Iterator[Function]:
    """Return the function, deployed for each API version."""
    with mock_aws(), running_twin() as twin:
        yield Function(twin, request.param)


def test_an_empty_portal_becomes_ready(function: Function) -> None:
    """All properties stand with their types, the identities unique, in one group."""
    report = function.run()
    assert report["ok"]
    assert report["changed"]
    assert report["portal"]["portalId"] == 1
    assert report["adopts_products_by_sku"] is True
    for kind in ObjectType:
        assert report["types"][kind]["created"] == [p.name for p in OURS[kind]]
        shown = function.twin.call("GET", f"/crm/properties/2026-09/{kind}").body["results"]
        there = {p["name"]: p for p in shown}
        assert there[UNIQUE[kind]]["hasUniqueValue"] is True
        assert {there[p.name]["groupName"] for p in OURS[kind]} == {"countersign"}


def test_a_second_run_changes_nothing(function: Function) -> None:
    """Run again, it creates nothing and writes nothing."""
    function.run()
    function.twin.twin.recorder.kept.clear()
    report = function.run()
    assert report["ok"]
    assert not report["changed"]
    assert {e["method"] for e in function.twin.twin.recorder.kept} == {"GET"}


def test_a_half_ready_portal_is_completed(function: Function) -> None:
    """What is missing is added beside what is there."""
    function.run()
    name = "/crm/properties/2026-09/products/countersign_sku"
    function.twin.call("DELETE", name)
    report = function.run()
    assert report["ok"]
    assert report["types"]["products"]["created"] == ["countersign_sku"]


def test_a_property_that_cannot_be_an_identity_is_told(function: Function) -> None:
    """A property of our name without unique values is an error in plain words, not overwritten."""
    function.twin.call(
        "POST",
        "/crm/properties/2026-09/orders",
        {
            "name": UNIQUE[ObjectType.ORDERS],
            "label": "x",
            "type": "string",
            "fieldType": "text",
            "groupName": "order_information",
        },
    )
    report = function.run()
    assert not report["ok"]
    assert any("does not hold unique values" in problem for problem in report["problems"])


def test_missing_scopes_are_told(function: Function) -> None:
    """A token that may not define order properties is named with the scope that it lacks."""
    token = function.twin.twin.tokens[function.twin.token]
    scopes = frozenset(s for s in token.scopes if "orders" not in s)
    function.twin.twin.add_token(token.value, token.portal, scopes=scopes)
    report = function.run()
    assert not report["ok"]
    assert any("crm.schemas.orders" in problem for problem in report["problems"])
    assert report["types"]["products"]["created"]


def test_a_wrong_token_and_a_wrong_portal_are_told(function: Function) -> None:
    """The token must open the account that the tenant names."""
    function.tenancy.put_tenant("main", "4711")
    assert any("portal 1" in problem for problem in function.run()["problems"])
    function.twin.twin.tokens.clear()
    report = function.run()
    assert any("does not open with this token" in problem for problem in report["problems"])
    assert function.twin.token not in json.dumps(report)


def test_an_unknown_tenant_is_told(function: Function) -> None:
    """A tenant that does not exist is said so, and HubSpot is not asked."""
    assert "no active tenant" in function.run("nobody")["problems"][0]
    assert function.twin.twin.recorder.kept == []


def test_its_calls_are_valid_by_hubspots_documents(function: Function) -> None:
    """All that provisioning sends and receives conforms to HubSpot's OpenAPI."""
    checker = SpecChecker(require_specs())
    function.run()
    assert checker.check_all(function.twin.twin.recorder.kept) == []
