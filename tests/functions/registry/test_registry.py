"""The custom resource: what a deployment declares is who may call, through every kind of change."""

from __future__ import annotations

import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.clock import SystemClock
from core.store.access import StoredRegistry
from core.store.tenancy import active_tenants
from tests.support import tables
from tests.support.doors import ACCOUNT, LambdaContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


class _CloudFormation(HTTPServer):
    """Keeps the answers that a custom resource puts to its pre-signed URL."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Put)
        self.answers: list[dict[str, Any]] = []


class _Put(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        """Keep an answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, _CloudFormation)
        self.server.answers.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Stack:
    """Sends the events that CloudFormation sends, and looks at what came of them."""

    def __init__(self, dynamodb: DynamoDBClient, handler: Any, server: _CloudFormation) -> None:
        self._dynamodb, self._handler, self._server = dynamodb, handler, server

    def send(self, kind: str, new: dict[str, Any], old: dict[str, Any] | None = None) -> str:
        """Send one event; return the status that was answered, exactly once."""
        event: dict[str, Any] = {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self._server.server_port}/answer",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Registry",
            "ResourceProperties": new,
        }
        if old is not None:
            event["OldResourceProperties"] = old
        self._server.answers.clear()
        self._handler(event, LambdaContext())
        (answer,) = self._server.answers
        assert (answer["StackId"], answer["RequestId"]) == ("stack", "request")
        assert (answer["LogicalResourceId"], answer["PhysicalResourceId"]) == (
            "Registry",
            "countersign-registry",
        )
        return str(answer["Status"])

    @property
    def reason(self) -> str:
        """Why the last answer was what it was."""
        return str(self._server.answers[0]["Reason"])

    def scopes(self, name: str, tenant: str = "main") -> set[str]:
        """Return what a role may do now."""
        registry = StoredRegistry(self._dynamodb, tables.ACCESS, SystemClock())
        grant = registry.role(ACCOUNT, name)
        active = grant is not None and grant.active and registry.tenant_active(tenant)
        return set(grant.tenants.get(tenant, ())) if grant is not None and active else set()

    def tenants(self) -> set[str]:
        """Return the tenants that are switched on."""
        return set(active_tenants(self._dynamodb, tables.ACCESS))


@pytest.fixture
def stack() -> Iterator[_Stack]:
    """Return an empty deployment."""
    server = _CloudFormation()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with mock_aws(config={"core": {"passthrough": {"urls": [r"127\.0\.0\.1"]}}}):
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        with patch.dict("os.environ", {"ACCESS_TABLE": tables.ACCESS}):
            module = importlib.import_module("registry.handler")
        yield _Stack(dynamodb, module.handler, server)
    server.shutdown()
    server.server_close()
    thread.join()


def _declared(tenants: tuple[str, ...] = ("main",), **roles: list[str]) -> dict[str, Any]:
    return {
        "ServiceToken": "arn",
        "Tenants": [{"Id": t, "HubspotPortalId": "0"} for t in tenants],
        "Roles": [
            {"Account": ACCOUNT, "Name": name, "Tenants": {"main": scopes}}
            for name, scopes in roles.items()
        ],
    }


def test_create_registers(stack: _Stack) -> None:
    """Guarantee: after a deployment exactly the declared roles may do what is declared."""
    assert stack.send("Create", _declared(("main", "other"), A=["stock:read"])) == "SUCCESS"
    assert stack.tenants() == {"main", "other"}
    assert stack.scopes("A") == {"stock:read"}
    assert stack.scopes("A", "other") == set()


def test_update_switches_off_what_is_no_more(stack: _Stack) -> None:
    """Guarantee: a role or tenant that left the settings is shut out; the others stay."""
    old = _declared(("main", "other"), A=["stock:read"], B=["stock:read"])
    new = _declared(("main",), B=["orders:read"], C=["stock:write"])
    stack.send("Create", old)
    assert stack.send("Update", new, old) == "SUCCESS"
    assert (stack.scopes("A"), stack.scopes("B")) == (set(), {"orders:read"})
    assert stack.scopes("C") == {"stock:write"}
    assert stack.tenants() == {"main"}


def test_delete_shuts_everybody_out(stack: _Stack) -> None:
    """Guarantee: after the resource is deleted nobody may call."""
    stack.send("Create", _declared(A=["stock:read"]))
    assert stack.send("Delete", _declared(A=["stock:read"])) == "SUCCESS"
    assert (stack.scopes("A"), stack.tenants()) == (set(), set())


def test_an_event_may_come_twice(stack: _Stack) -> None:
    """Guarantee: Lambda's retry of an event that was applied changes nothing."""
    old, new = _declared(A=["stock:read"]), _declared(B=["stock:read"])
    for _ in range(2):
        assert stack.send("Create", old) == "SUCCESS"
    for _ in range(2):
        assert stack.send("Update", new, old) == "SUCCESS"
    assert (stack.scopes("A"), stack.scopes("B")) == (set(), {"stock:read"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (_declared(("Main",)), "'Main'"),
        (_declared(A=["stock:steal"]), "stock:steal"),
        (_declared((), A=["stock:read"]), "unknown tenant"),
    ],
)
def test_a_wrong_declaration_fails_and_can_be_rolled_back(
    stack: _Stack, wrong: dict[str, Any], said: str
) -> None:
    """Guarantee: CloudFormation hears what is wrong; nothing is written; the rollback succeeds."""
    good = _declared(A=["stock:read"])
    assert stack.send("Create", wrong) == "FAILED"
    assert said in stack.reason
    assert stack.tenants() == set()
    assert stack.send("Delete", wrong) == "SUCCESS"
    stack.send("Create", good)
    assert stack.send("Update", wrong, good) == "FAILED"
    assert stack.send("Update", good, wrong) == "SUCCESS"
    assert stack.scopes("A") == {"stock:read"}
