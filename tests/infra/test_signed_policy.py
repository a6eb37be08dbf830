"""Who passes the signed door: the resource policy's shape, and an independent evaluator's word.

`EVERY_OPTION` registers two roles that the deployment makes, one that exists in its account, and
one of a foreign account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.routes import ROUTES, Door
from infra.callers import invoke, method_path, routes_of
from infra.deployment import Caller, DeploymentError
from infra.signed_policy import LIMIT, resource_policy, statements, written_length
from infra.vended import vended_principals
from tests.infra.evaluator import ALLOWED, DENIED, NO_ALLOW, Call, arn, decide, deployed
from tests.infra.synth import EVERY_OPTION, FOREIGN, OWN, deployment

if TYPE_CHECKING:
    from core.routes import Route
    from tests.infra.templates import Templates

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}],
}
STOCK, ORDER = "GET/v1/stock/MUG-1", "POST/v1/orders"
INSIDE = {"aws:PrincipalOrgID": "o-abcdefghij", "aws:SourceIp": "192.0.2.7"}


def policy(templates: Templates) -> Any:
    """Return the signed door's resource policy, written out."""
    (api,) = templates.every("AWS::ApiGateway::RestApi", stack="CountersignSignedDoor")
    return templates.written(api.stack, api.properties["Policy"])


def test_it_denies_everyone_but_the_registered(production: Templates) -> None:
    """One Deny, with each role's ARN and its session form; own roles get no Allow at all."""
    roles = tuple(f"Countersign-{name}" for name in ("hubspot-functions", "operator", "vended"))
    assert policy(production)["Statement"] == [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "execute-api:Invoke",
            "Resource": "execute-api:/*",
            "Condition": {
                "ArnNotLike": {
                    "aws:PrincipalArn": [
                        arn
                        for role in roles
                        for arn in (
                            f"arn:<AWS::Partition>:iam::<AWS::AccountId>:role/{role}",
                            f"arn:<AWS::Partition>:sts::<AWS::AccountId>:assumed-role/{role}/*",
                        )
                    ]
                }
            },
        }
    ]


def test_only_foreign_roles_are_allowed_and_by_name(every_option: Templates) -> None:
    """No Allow names a wildcard, an account root, a session, or a role of our own account."""
    allowed = [s for s in policy(every_option)["Statement"] if s["Effect"] == "Allow"]
    (statement,) = allowed
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{FOREIGN}:role/partner"}


def test_organisation_and_networks_only_ever_deny(every_option: Templates) -> None:
    """Each stands in a Deny of its own; beside the roles they would let strangers of the org in."""
    conditions = [
        s["Condition"] for s in policy(every_option)["Statement"] if s["Effect"] == "Deny"
    ]
    assert [list(c) for c in conditions] == [["ArnNotLike"], ["StringNotEquals"], ["NotIpAddress"]]
    assert conditions[1:] == [
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}},
        {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}},
    ]


def test_without_callers_only_vended_sessions_pass() -> None:
    """An empty list of callers shuts the door to all other roles; it does not open it."""
    chosen = deployment({"callers": []})
    (denial,) = statements(chosen)
    assert denial["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [*vended_principals(chosen)]


ROLE, SESSION = "arn:aws:iam::{}:role/{}", "arn:aws:sts::{}:assumed-role/{}/s"
READER = (OWN, "Countersign-reader")


def call(role: tuple[str, str], method: str, **changes: Any) -> dict[str, Any]:
    """Return a session's call; the context is what API Gateway sends for one."""
    account, name = role
    plain = name.rpartition("/")[2]
    context = INSIDE | {"aws:PrincipalArn": ROLE.format(account, name)}
    return {
        "account": OWN,
        "principal": SESSION.format(account, plain),
        "method": method,
        "identity": EVERYTHING,
        "context": context | changes.pop("context", {}),
        **changes,
    }


NARROW = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn(OWN, "GET/v1/stock/*")}
    ],
}

DECISIONS = {
    "a registered role with rights": (call(READER, STOCK), ALLOWED),
    "a registered role without rights": (call(READER, STOCK, identity=None), NO_ALLOW),
    "an existing role with a path": (call((OWN, "jobs/night"), STOCK), ALLOWED),
    "another role with every right": (call((OWN, "admin"), STOCK), DENIED),
    "a role whose name only begins alike": (call((OWN, "Countersign-reader2"), STOCK), DENIED),
    "the same name in another account": (call((FOREIGN, "Countersign-reader"), STOCK), DENIED),
    "a registered foreign role": (call((FOREIGN, "partner"), STOCK), ALLOWED),
    "a foreign role without rights": (call((FOREIGN, "partner"), STOCK, identity=None), NO_ALLOW),
    "another role of that account": (call((FOREIGN, "other"), STOCK), DENIED),
    "a session cut to stock, at stock": (call(READER, STOCK, session=NARROW), ALLOWED),
    "a session cut to stock, at orders": (call(READER, ORDER, session=NARROW), NO_ALLOW),
    "a foreign session cut to stock": (
        call((FOREIGN, "partner"), ORDER, session=NARROW),
        NO_ALLOW,
    ),
    "another organisation": (
        call(READER, STOCK, context={"aws:PrincipalOrgID": "o-zzzzzzzzzz"}),
        DENIED,
    ),
    "another network": (call(READER, STOCK, context={"aws:SourceIp": "198.51.100.1"}), DENIED),
}


def test_the_evaluator_decides_as_designed(every_option: Templates) -> None:
    """Each kind of caller is decided on as the table says, by an evaluator that is not ours."""
    written = deployed(policy(every_option), OWN)
    calls = [Call(resource_policy=written, **arguments) for arguments, _ in DECISIONS.values()]
    found = dict(zip(DECISIONS, decide(*calls), strict=True))
    assert found == {name: expected for name, (_, expected) in DECISIONS.items()}


def test_an_own_role_allowed_by_name_would_not_need_rights() -> None:
    """Why own roles get no Allow: it would stand in for the policy that a scope cut uses."""
    careless = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ROLE.format(*READER)},
                "Action": "execute-api:Invoke",
                "Resource": arn(OWN, "*"),
            }
        ],
    }
    (decision,) = decide(Call(resource_policy=careless, **call(READER, ORDER, identity=None)))
    assert decision == ALLOWED


SIGNED = tuple(r for r in ROUTES if Door.SIGNED in r.doors)
SCOPES = sorted({r.scope for r in SIGNED if r.scope})


def concrete(route: Route) -> str:
    """Return a call of the route, its parameters filled in."""
    return f"{route.method}{method_path(route).replace('*', 'MUG-1')}"


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_its_routes_and_no_other(scope: str, every_option: Templates) -> None:
    """A role may call exactly its scopes' routes, those to come included: `*` crosses `/`."""
    caller = Caller(name="reader", create=True, grants={"main": (scope,)})
    (statement,) = invoke(arn(OWN, "").removesuffix("/signed/"), routes_of(caller, SIGNED))
    identity = {"Version": "2012-10-17", "Statement": [statement.to_statement_json()]}
    written = deployed(policy(every_option), OWN)
    calls = [
        Call(resource_policy=written, **call(READER, concrete(r), identity=identity))
        for r in SIGNED
    ]
    found = {
        r.name for r, decision in zip(SIGNED, decide(*calls), strict=True) if decision == ALLOWED
    }
    assert found == {r.name for r in SIGNED if r.scope == scope}


def test_a_made_role_holds_its_scopes_routes(every_option: Templates) -> None:
    """The role made for a caller names its methods one by one; the account decides who takes it."""
    role = every_option.one("AWS::IAM::Role", "CountersignSignedDoor/Caller-reader")
    (inline,) = role.properties["Policies"]
    (statement,) = every_option.written(role.stack, inline["PolicyDocument"])["Statement"]
    own = deployed(statement, OWN)["Resource"]
    expected = [r for r in ROUTES if r.live and r.scope == "stock:read" and Door.SIGNED in r.doors]
    assert sorted(own) == sorted(arn(OWN, f"{r.method}{method_path(r)}") for r in expected)
    (trust,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
    assert every_option.written(role.stack, trust["Principal"]) == {
        "AWS": f"arn:<AWS::Partition>:iam::{OWN}:root"
    }


def callers(count: int) -> dict[str, Any]:
    """Return settings with that many existing roles."""
    grants = {"main": ["stock:read"]}
    role = "arn:aws:iam::444455556666:role/countersign-partner-{:03d}"
    return {
        "account": OWN,
        "callers": [{"role_arn": role.format(n), "tenants": grants} for n in range(count)],
    }


def test_a_policy_that_would_be_too_long_is_refused() -> None:
    """API Gateway's 8,192 characters are counted before a deploy, short forms written out."""
    many = deployment(callers(30))
    document = {"Version": "2012-10-17", "Statement": statements(many)}
    assert LIMIT / 2 < written_length(document) <= LIMIT
    resource_policy(many)
    with pytest.raises(DeploymentError, match="8192"):
        resource_policy(deployment(callers(60)))


def test_the_length_is_never_counted_short(every_option: Templates) -> None:
    """What is counted is at least what stands on AWS."""
    chosen = deployment(EVERY_OPTION)
    counted = written_length({"Version": "2012-10-17", "Statement": statements(chosen)})
    text = str(deployed(policy(every_option), OWN)).replace(", ", ",").replace(": ", ":")
    assert counted >= len(text)
