"""The policy that allows: for the one method that was called, of a route of this door."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from authorizer import place
from core.access.scopes import SCOPES
from core.routes import ROUTES, Assurance, Door, Route, live_at
from tests.support.doors import LambdaContext

if TYPE_CHECKING:
    from tests.functions.authorizer.conftest import Desk

API = "arn:aws:execute-api:eu-west-1:123456789012:f6g7h8i9j0"


@pytest.fixture
def desk(common_desk: Desk) -> Desk:
    """Return one desk for all routes: each call comes with a key of its own."""
    return common_desk


def _event(desk: Desk, route: Route, key: str, token: str | None = None) -> dict[str, Any]:
    path = re.sub(r"\{\w+\}", "01m806gq69ytrbhb27yd9exy9b", route.path)
    return desk.event(key, token, method=route.method, resource=route.path, path=path)


@pytest.mark.parametrize("route", live_at(Door.TOKEN), ids=lambda r: r.name)
def test_a_policy_names_the_one_method(desk: Desk, route: Route) -> None:
    """Guarantee: who may call a route is allowed exactly the ARN of this call, and nothing else."""
    key = desk.key("main", str(route.scope)).text
    token = desk.token(scope=route.scope) if route.assurance is Assurance.LAYERED else None
    event = _event(desk, route, key, token)
    given = desk.module.handler(event, LambdaContext())
    assert given["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    ]


@pytest.mark.parametrize("route", live_at(Door.TOKEN), ids=lambda r: r.name)
def test_every_route_wants_its_own_scope(desk: Desk, route: Route) -> None:
    """Guarantee: all scopes but the route's open it to nobody; the rule is the route table's."""
    key = desk.key("main", *(SCOPES - {route.scope})).text
    assert desk.line(_event(desk, route, key))["reason"] == "scope_missing"
    assert desk.status(_event(desk, route, key)) == 403


NOT_HERE = [r for r in ROUTES if r not in live_at(Door.TOKEN)]


@pytest.mark.parametrize("route", NOT_HERE, ids=lambda r: r.name)
def test_a_route_of_another_door_is_denied(desk: Desk, route: Route) -> None:
    """Guarantee: HubSpot's routes, and what is not deployed, are no routes here for any key."""
    key = desk.key("main", *SCOPES).text
    assert desk.status(_event(desk, route, key)) == 403
    assert desk.line(_event(desk, route, key))["reason"] == "no_such_route"


def test_a_route_of_the_signed_door_alone_is_denied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: a route that leaves the token door in the table is closed there."""
    routes = tuple(replace(r, doors=(Door.SIGNED,)) for r in live_at(Door.TOKEN))
    monkeypatch.setattr("core.routes.ROUTES", routes)
    monkeypatch.setattr(place, "_ROUTES", {(r.method, r.path): r for r in live_at(Door.TOKEN)})
    event = desk.event(desk.key("main", "stock:read").text)
    assert desk.line(event)["reason"] == "no_such_route"


@pytest.mark.parametrize(
    "change",
    [
        {"methodArn": f"{API}/token/GET/v1/orders/A"},
        {"methodArn": f"{API}/token/GET/v1/stock/A/ledger"},
        {"methodArn": f"{API}/token/GET/v1/stock"},
        {"methodArn": f"{API}/token/GET/v1/stock//"},
        {"methodArn": f"{API}/token/PUT/v1/stock/A"},
        {"methodArn": f"{API}/signed/GET/v1/stock/A"},
        {"methodArn": f"{API}/*/GET/v1/stock/A"},
        {"methodArn": f"{API}/token/*/v1/stock/A"},
        {"methodArn": f"{API}/token/GET/*"},
        {"methodArn": "arn:aws:execute-api:eu-west-1:123456789012:*/token/GET/v1/stock/A"},
        {"methodArn": "arn:aws:lambda:eu-west-1:123456789012:api/token/GET/v1/stock/A"},
        {"methodArn": "*"},
        {"methodArn": ""},
        {"methodArn": f"{API}/token/GET/v1/stock/{'a' * 500}"},
        {"resource": "/v1/stock/A"},
        {"resource": "/v1/stock"},
        {"resource": "/{proxy+}"},
        {"resource": ""},
        {"httpMethod": "get"},
        {"httpMethod": "HEAD"},
        {"httpMethod": "OPTIONS"},
    ],
)
def test_an_event_that_contradicts_itself_is_denied(desk: Desk, change: dict[str, str]) -> None:
    """Guarantee: method, resource and ARN must be one route's; nothing wider gets into a policy."""
    event = desk.event(desk.key("main", *SCOPES).text)
    assert desk.status(event) == 0
    assert desk.status(event | change) == 403
    assert desk.line(event | change)["reason"] == "no_such_route"


def test_a_layered_route_wants_token_and_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarantee: where the table asks for two proofs, one alone is a 403 and both go on."""
    layered = replace(next(r for r in ROUTES if r.assurance is Assurance.LAYERED), live=True)
    monkeypatch.setattr(place, "_ROUTES", {(layered.method, layered.path): layered})
    key = desk.key("main", *SCOPES).text
    assert desk.status(_event(desk, layered, key, desk.token())) == 0
    assert desk.status(_event(desk, layered, key)) == 403
    assert desk.line(_event(desk, layered, key))["reason"] == "layer_missing"
    lone = _event(desk, layered, key, desk.token())
    del lone["headers"]["x-api-key"]
    assert desk.line(lone)["reason"] == "layer_missing"
