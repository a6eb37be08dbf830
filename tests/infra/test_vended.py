"""Vended sessions: who may have one, and what each can do, by an evaluator that is not ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.access.scopes import VENDABLE
from core.access.session import session_name
from core.access.sessionpolicy import session_policy
from core.routes import Door, live_at
from infra.callers import method_path
from infra.vended import SESSION_NAMES
from tests.infra.evaluator import (
    ALLOWED,
    API,
    DENIED,
    NO_ALLOW,
    REGION,
    Call,
    Request,
    arn,
    decide,
    deployed,
)
from tests.infra.synth import FOREIGN, OWN

if TYPE_CHECKING:
    from core.routes import Route
    from tests.infra.templates import Resource, Templates

NAME = str(session_name("main", "01m806qsbbxvce4nj5merps3s4", 1_800_000_000))
VENDING = f"arn:aws:iam::{OWN}:role/vending"
VENDED = f"arn:aws:iam::{OWN}:role/Countersign-vended"
SIGNED = live_at(Door.SIGNED)
ASSUMING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
}


def vended(templates: Templates) -> Resource:
    """Return the role whose sessions are vended."""
    return templates.one("AWS::IAM::Role", "CountersignTokenDoor/Vended")


def trust(templates: Templates) -> Any:
    """Return who may assume it, as it stands on AWS."""
    role = vended(templates)
    written = templates.written(role.stack, role.properties["AssumeRolePolicyDocument"])
    (statement,) = written["Statement"]
    vending = "<CountersignTokenDoor/CredentialsApi/Role.Arn>"
    assert statement["Principal"] == {"AWS": vending}
    return written | {"Statement": [statement | {"Principal": {"AWS": VENDING}}]}


def assuming(principal: str, name: str, policy: Any) -> Request:
    """Return an attempt to assume the role under a name, by someone whose own policies allow it."""
    return Request(
        account=OWN,
        principal=principal,
        action="sts:AssumeRole",
        resource=VENDED,
        resource_policy=policy,
        identity=ASSUMING,
        context={"sts:RoleSessionName": name},
    )


ASSUMPTIONS = {
    "the vending function": (VENDING, NAME, ALLOWED),
    "another name": (VENDING, "operator", NO_ALLOW),
    "a name that begins alike": (VENDING, "cs1", NO_ALLOW),
    "a name of another form": (VENDING, "cs2.main.x.00000000", NO_ALLOW),
    "another function": (f"arn:aws:iam::{OWN}:role/inventory", NAME, NO_ALLOW),
    "an administrator": (f"arn:aws:iam::{OWN}:role/admin", NAME, NO_ALLOW),
    "a foreign account": (f"arn:aws:iam::{FOREIGN}:role/vending", NAME, NO_ALLOW),
}


def test_only_the_vending_function_has_sessions_and_under_our_names(
    every_option: Templates,
) -> None:
    """Whoever else may assume any role, in this account or another, cannot assume this one."""
    policy = trust(every_option)
    found = decide(*(assuming(who, name, policy) for who, name, _ in ASSUMPTIONS.values()))
    expected = {case: decision for case, (*_, decision) in ASSUMPTIONS.items()}
    assert dict(zip(ASSUMPTIONS, found, strict=True)) == expected


def test_the_names_are_those_that_handlers_read() -> None:
    """What the trust policy demands is how `core.access.session` begins a name."""
    assert NAME.startswith(SESSION_NAMES.removesuffix("*"))


def test_a_session_lasts_an_hour_at_most(every_option: Templates) -> None:
    """Whatever duration were asked for: chaining roles ends there too (STS)."""
    assert vended(every_option).properties["MaxSessionDuration"] == 3600


def identity(templates: Templates) -> Any:
    """Return the role's own policy, as it stands on AWS."""
    role = vended(templates)
    (inline,) = role.properties["Policies"]
    return deployed(templates.written(role.stack, inline["PolicyDocument"]), OWN)


def test_the_role_holds_the_live_routes_and_no_other(every_option: Templates) -> None:
    """Without a session policy a session could call the signed door's routes, and nothing else."""
    (statement,) = identity(every_option)["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    expected = [arn(OWN, f"{r.method}{method_path(r)}") for r in SIGNED]
    assert sorted(statement["Resource"]) == sorted(expected)


def door_policy(templates: Templates) -> Any:
    """Return the signed door's resource policy, as it stands on AWS."""
    (api,) = templates.every("AWS::ApiGateway::RestApi", stack="CountersignSignedDoor")
    return deployed(templates.written(api.stack, api.properties["Policy"]), OWN)


def cut_to(*scopes: str) -> Any:
    """Return the session policy that is vended for these scopes."""
    return json.loads(session_policy(scopes, arn(OWN, "").removesuffix("/signed/")))


def concrete(route: Route, value: str = "01m806qsbbxvce4nj5merps3s4") -> str:
    """Return a call of the route, its parameters filled in."""
    return f"{route.method}{method_path(route).replace('*', value)}"


def session(templates: Templates, method: str, policy: Any, role: str = VENDED) -> Call:
    """Return a call by a session of the role, in our organisation and from a known network."""
    name = role.rpartition("/")[2]
    return Call(
        account=OWN,
        principal=f"arn:aws:sts::{OWN}:assumed-role/{name}/{NAME}",
        method=method,
        resource_policy=door_policy(templates),
        identity=identity(templates),
        session=policy,
        context={
            "aws:PrincipalArn": role,
            "aws:PrincipalOrgID": "o-abcdefghij",
            "aws:SourceIp": "192.0.2.7",
        },
    )


@pytest.mark.parametrize("scope", sorted(VENDABLE))
def test_a_session_does_its_scopes_routes_and_nothing_else(
    scope: str, every_option: Templates
) -> None:
    """Role, session and door together allow exactly the routes that the one scope has to do with.

    A scope that only widens answers opens nothing by itself: that is for the handler to say.
    """
    calls = [session(every_option, concrete(route), cut_to(scope)) for route in SIGNED]
    found = dict(zip((r.name for r in SIGNED), decide(*calls), strict=True))
    named = {r.name: scope in {r.scope, *r.widened_by} for r in SIGNED}
    expected = {name: ALLOWED if yes else NO_ALLOW for name, yes in named.items()}
    assert found == expected


def test_all_scopes_together_are_all_routes(every_option: Templates) -> None:
    """A session that holds everything can call everything, so no route is left out by mistake."""
    calls = [session(every_option, concrete(r), cut_to(*sorted(VENDABLE))) for r in SIGNED]
    assert set(decide(*calls)) == {ALLOWED}


def test_a_session_policy_never_widens_the_role(every_option: Templates) -> None:
    """A path that a pattern covers and no route has is refused by the role's own policy."""
    beyond = ("GET/v1/stocktaking", "PATCH/v1/stock/x/main", "GET/v1/keysets")
    everything = cut_to(*sorted(VENDABLE))
    found = decide(*(session(every_option, method, everything) for method in beyond))
    assert set(found) == {NO_ALLOW}


def test_the_door_lets_a_vended_session_in_and_not_its_namesakes(every_option: Templates) -> None:
    """With the same rights, a role that the door does not know is denied."""
    method, policy = "GET/v1/stock", cut_to("stock:read")
    roles = {
        VENDED: ALLOWED,
        f"arn:aws:iam::{OWN}:role/Countersign-vended2": DENIED,
        f"arn:aws:iam::{OWN}:role/path/Countersign-vended": DENIED,
        f"arn:aws:iam::{FOREIGN}:role/Countersign-vended": DENIED,
    }
    found = decide(*(session(every_option, method, policy, role) for role in roles))
    assert dict(zip(roles, found, strict=True)) == roles


def test_an_unregistered_network_is_denied_to_sessions_too(every_option: Templates) -> None:
    """Source networks, where a deployer sets them, hold for vended sessions as for roles."""
    call = session(every_option, "GET/v1/stock", cut_to("stock:read"))
    call.context["aws:SourceIp"] = "198.51.100.1"
    assert decide(call) == [DENIED]


def test_other_apis_of_the_account_are_shut(every_option: Templates) -> None:
    """A session's rights end at the signed door's API, whatever its stage is called."""
    other = f"arn:aws:execute-api:{REGION}:{OWN}:zzzzzzzzzz/signed/GET/v1/stock"
    stage = f"arn:aws:execute-api:{REGION}:{OWN}:{API}/other/GET/v1/stock"
    requests = [
        Request(
            account=OWN,
            principal=f"arn:aws:sts::{OWN}:assumed-role/Countersign-vended/{NAME}",
            action="execute-api:Invoke",
            resource=resource,
            identity=identity(every_option),
            session=cut_to("stock:read"),
        )
        for resource in (other, stage, arn(OWN, "GET/v1/stock"))
    ]
    assert decide(*requests) == [NO_ALLOW, NO_ALLOW, ALLOWED]
