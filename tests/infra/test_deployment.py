"""A deployer's settings: what is accepted, and that every mistake is named at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from core.access.scopes import SCOPES
from core.ids import TENANT
from core.routes import ROUTES
from infra import checks
from infra.deployment import Deployment, DeploymentError
from tests.infra.synth import EVERY_OPTION, context

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_replaces_single_settings(tmp_path: Path) -> None:
    """`-c settings=…` lies over cdk.json; what it does not name stays."""
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"log_retention_days": 30}), "utf-8")
    app = cdk.App(context=context() | {"settings": str(file)})
    found = Deployment.from_context(app.node)
    assert found.log_retention_days == 30
    assert [c.name for c in found.callers] == ["hubspot-functions", "operator"]


def test_the_whole_example_is_accepted() -> None:
    """Every option at once is a valid deployment."""
    found = Deployment.from_mapping(EVERY_OPTION)
    assert [c.role_name for c in found.callers] == [None, None, "night", "partner"]


GRANTS = {"main": ["stock:read"]}
ISSUER: dict[str, Any] = {
    "id": "https://login.example.com",
    "jwks_url": "https://login.example.com/jwks.json",
    "algorithms": ["RS256"],
    "audiences": ["countersign"],
    "tenant": "main",
    "scopes": ["stock:read"],
}
CLIENT = {"clients": [{"id": "partner1", "vends": ["stock:read"]}]}
MACHINE: dict[str, Any] = {"name": "a", "tenant": "main", "scopes": ["stock:read"]}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown setting": ({"retention": 1}, "unknown settings: retention"),
    "name": ({"name": "9 lives"}, "name '9 lives'"),
    "account": ({"account": "12"}, "account '12'"),
    "runtime": ({"runtime": "nodejs22.x"}, "runtime 'nodejs22.x'"),
    "platform": ({"platform": "riscv64"}, "platform 'riscv64'"),
    "retention": ({"log_retention_days": 100}, "log_retention_days"),
    "throttle": ({"throttle_rate": 0}, "throttle_rate"),
    "share": ({"principal_rate": 0}, "principal_rate"),
    "burst": ({"principal_burst": 0}, "principal_burst"),
    "vending": ({"vends_per_minute": 0}, "vends_per_minute"),
    "lock": ({"audit_lock_mode": "NONE"}, "audit_lock_mode 'NONE'"),
    "lock for no time": ({"audit_lock_days": 0}, "audit_lock_days"),
    "signed url": ({"signed_public_url": "api.example.com"}, "signed_public_url"),
    "vended": (
        {"callers": [{"name": "vended", "create": True, "tenants": GRANTS}]},
        "vended is the name of the role",
    ),
    "reconcile": ({"reconcile_full_hours": -1}, "reconcile_full_hours"),
    "linger": ({"stock_linger_seconds": -1}, "stock_linger_seconds"),
    "url": ({"hubspot_base_url": "https://api.hubapi.com/"}, "hubspot_base_url"),
    "no tenants": ({"tenants": [], "callers": []}, "tenants: at least one"),
    "tenant": ({"tenants": [{"id": "Main", "hubspot_portal_id": "1"}]}, "tenant 'Main'"),
    "portal twice": (
        {"tenants": [{"id": i, "hubspot_portal_id": "1"} for i in ("main", "other")]},
        "a HubSpot portal stands there twice",
    ),
    "owned by nobody": (
        {"field_ownership": {"contacts": {"phone": "theirs"}}},
        "field_ownership: contacts.phone: no side 'theirs'",
    ),
    "owned field": (
        {"field_ownership": {"contacts": {"shoe_size": "ours"}}},
        "contacts have no property 'shoe_size'",
    ),
    "owned type": ({"field_ownership": {"deals": {}}}, "no object type 'deals'"),
    "ours for good": (
        {"field_ownership": {"orders": {"hs_total_price": "hubspot"}}},
        "orders.hs_total_price can only be ours, not hubspot",
    ),
    "identity": (
        {"field_ownership": {"contacts": {"email": "hubspot"}}},
        "contacts.email can only be both or ours, not hubspot",
    ),
    "ownership's shape": ({"field_ownership": {"contacts": "ours"}}, "malformed settings"),
    "tenant's auth": (
        {"tenants": [{"id": "main", "hubspot_portal_id": "1", "hubspot_auth": "basic"}]},
        "hubspot_auth is one of token, oauth",
    ),
    "tenant's shape": ({"tenants": [{"id": "main"}]}, "malformed settings"),
    "scope": (
        {"callers": [{"name": "a", "create": True, "tenants": {"main": ["stock:eat"]}}]},
        "no scope stock:eat",
    ),
    "caller's tenant": (
        {"callers": [{"name": "a", "create": True, "tenants": {"other": ["stock:read"]}}]},
        "no tenant 'other'",
    ),
    "neither": ({"callers": [{"name": "a", "tenants": GRANTS}]}, "either create"),
    "session": (
        {
            "account": "1" * 12,
            "callers": [
                {"role_arn": "arn:aws:sts::111122223333:assumed-role/a/b", "tenants": GRANTS}
            ],
        },
        "not of a session",
    ),
    "root": (
        {
            "account": "1" * 12,
            "callers": [{"role_arn": "arn:aws:iam::111122223333:root", "tenants": GRANTS}],
        },
        "not of a session",
    ),
    "account unknown": (
        {"callers": [{"role_arn": "arn:aws:iam::111122223333:role/a", "tenants": GRANTS}]},
        "set account",
    ),
    "issuer": (
        {"issuers": [ISSUER | {"algorithms": ["HS256"]}]},
        "issuer https://login.example.com: algorithms",
    ),
    "issuer's shape": ({"issuers": [ISSUER | {"clients": 1}]}, "malformed"),
    "issuer's tenant": ({"issuers": [ISSUER | {"tenant": "other"}]}, "no tenant 'other'"),
    "issuer twice": ({"issuers": [ISSUER, ISSUER]}, "an id stands there twice"),
    "client that cannot vend": (
        {"issuers": [ISSUER | {"clients": [{"id": "A_1", "vends": ["stock:read"]}]}]},
        "cannot vend sessions",
    ),
    "client of two issuers": (
        {"issuers": [ISSUER | CLIENT, ISSUER | CLIENT | {"id": "https://b.example.com"}]},
        "vends for two of them",
    ),
    "cognito": ({"cognito": {"client": []}}, "malformed settings"),
    "cognito twice": ({"cognito": {"clients": [MACHINE] * 2}}, "a name stands there twice"),
    "cognito's name": ({"cognito": {"clients": [MACHINE | {"name": "a b"}]}}, "a name of letters"),
    "cognito's tenant": ({"cognito": {"clients": [MACHINE | {"tenant": "x"}]}}, "no tenant 'x'"),
    "cognito's scope": ({"cognito": {"clients": [MACHINE | {"scopes": []}]}}, "one scope"),
    "cognito's vends": (
        {"cognito": {"clients": [MACHINE | {"vends": ["credentials:vend"]}]}},
        "it can vend only",
    ),
    "reservation": ({"reserved_concurrency": {"order_api": 1}}, "no function 'order_api'"),
    "twice": (
        {"callers": [{"name": "a", "create": True, "tenants": GRANTS}] * 2},
        "stands there twice",
    ),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_a_mistake_is_named(case: str) -> None:
    """Nothing is built from settings that are wrong, and the message says which one."""
    settings, message = WRONG[case]
    with pytest.raises(DeploymentError, match=message):
        Deployment.from_mapping(settings)


def test_all_mistakes_are_named_at_once() -> None:
    """A deployer mends everything in one go."""
    with pytest.raises(DeploymentError) as failed:
        Deployment.from_mapping({"name": "", "platform": "", "throttle_rate": 0})
    assert len(str(failed.value).splitlines()) == 3


def test_tenants_and_scopes_mean_the_same_to_functions() -> None:
    """What the deployment accepts as a tenant or scope, the functions accept too."""
    assert checks.TENANT.pattern == TENANT.pattern
    assert {r.scope for r in ROUTES if r.scope} <= set(SCOPES)
