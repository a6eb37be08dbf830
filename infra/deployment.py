"""What a deployer may choose, read from the CDK context and checked before anything is built.

The context key `countersign` (in cdk.json) holds the settings; `-c settings=<file.json>` replaces
single ones of them for another deployment. Every mistake is told at once.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.checks import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Node

_ROLE_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):role/(?P<path>[\w+=,.@/-]*/)?"
    r"(?P<name>[\w+=,.@-]{1,64})"
)


_LISTS = ("source_networks", "blocked_email_domains", "cors_origins")


class DeploymentError(ValueError):
    """The settings cannot be deployed; the message lists every reason, one a line."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A shop: its id and the HubSpot portal that it is kept in step with.

    `hubspot_auth` says what opens the portal: `token` (a service key, or the token of an app with
    static auth) or `oauth`. `hubspot_reads` are the scopes of what users of that portal may read in
    UI extensions: whoever sees a card there sees what it asks for.
    `phone_region` (ISO 3166-1 alpha-2) is where phone numbers without a country code belong; they
    are refused if there is none.
    """

    id: str
    hubspot_portal_id: str
    hubspot_auth: str = "token"
    hubspot_reads: tuple[str, ...] = ()
    phone_region: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """A role that may call the signed door, and what it holds for which tenant.

    Either `create` (then the deployment makes a role of that `name`) or `role_arn`, a role that
    exists, in this account or another.
    """

    grants: Mapping[str, tuple[str, ...]]
    name: str = ""
    create: bool = False
    role_arn: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that the caller holds for some tenant, sorted."""
        return tuple(sorted({scope for scopes in self.grants.values() for scope in scopes}))

    @property
    def account(self) -> str | None:
        """The account of an existing role, None for one that the deployment makes."""
        found = _ROLE_ARN.fullmatch(self.role_arn)
        return found["account"] if found else None

    @property
    def role_name(self) -> str | None:
        """The name of an existing role without its path; a session's ARN carries no path."""
        found = _ROLE_ARN.fullmatch(self.role_arn)
        return found["name"] if found else None


@dataclass(frozen=True, slots=True)
class CognitoClient:
    """A machine that gets tokens from the deployment's own user pool by its own credentials.

    `scopes` is what its tokens may do at the token door, `vends` what sessions vended for it may do
    at the signed one; for the latter it also needs the scope `credentials:vend`.
    """

    name: str
    tenant: str
    scopes: tuple[str, ...]
    vends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """One installation of Countersign. Lingers are in seconds, the throttle in requests a second.

    `name` prefixes every stack, table, secret and role, so that two installations fit one account.
    `account` pins the deployment to one AWS account; it is needed as soon as a caller's role
    already exists, since only roles of *other* accounts are named in an Allow.
    `reserved_concurrency` maps a function's folder to its reservation. `principal_rate` (calls a
    second) and `principal_burst` (calls at once) are one principal's share at the signed and token
    doors, `vends_per_minute` what one credential may vend. `signed_public_url` is the signed door's
    URL, with the stage, where its callers know it by another than API Gateway's own.
    `waf_rate_limit` is the number of requests that one address may send in five minutes (None: no
    such rule), `waf_managed_rules` asks for AWS's own rules; with neither there is no web ACL.
    `cors_origins` are the origins whose pages may call the token door. `issuers` are token issuers,
    each as `core.access.issuer.parse_issuer` reads it, and `cognito` (`{"clients": [...]}`) asks
    for a user pool with these clients (none: no pool).
    `field_ownership` chooses whose value of a field stands, as `core.crm.ownership` reads it.
    `blocked_email_domains` are domains whose addresses no customer can have, with all below them.
    `reconcile_full_hours` and `reconcile_changes_minutes` say how often both sides are compared,
    and how often what changed in HubSpot (0: only when an operator asks).
    `alarm_thresholds` replaces thresholds of docs/alarms.md by the alarm's name.
    `audit_lock_mode` (`GOVERNANCE`, or `COMPLIANCE`, which nobody can undo, AWS included) and
    `audit_lock_days` are how and for how long the blocks of the audit are locked.
    `bytecode_python` names an interpreter of the runtime's minor version, when none is on the PATH.
    """

    name: str = "Countersign"
    account: str | None = None
    region: str | None = None
    runtime: str = f"python3.{sys.version_info.minor}"
    platform: str = "aarch64"
    bytecode_python: str | None = None
    log_retention_days: int = 90
    log_level: str = "INFO"
    hubspot_api_version: str = "2026-09"
    hubspot_base_url: str = "https://api.hubapi.com"
    hubspot_app_url: str = "https://app.hubspot.com"
    hubspot_public_url: str | None = None
    signed_public_url: str | None = None
    tenants: tuple[Tenant, ...] = (Tenant("main", "0"),)
    callers: tuple[Caller, ...] = ()
    issuers: tuple[Mapping[str, Any], ...] = ()
    cognito: tuple[CognitoClient, ...] = ()
    organization_id: str | None = None
    source_networks: tuple[str, ...] = ()
    throttle_rate: int = 100
    throttle_burst: int = 200
    principal_rate: int = 50
    principal_burst: int = 100
    vends_per_minute: int = 30
    waf_rate_limit: int | None = None
    waf_managed_rules: bool = False
    cors_origins: tuple[str, ...] = ()
    order_linger_seconds: int = 5
    stock_linger_seconds: int = 60
    field_ownership: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reconcile_full_hours: int = 24
    reconcile_changes_minutes: int = 60
    audit_lock_mode: str = "GOVERNANCE"
    audit_lock_days: int = 400
    alarm_email: str | None = None
    alarm_thresholds: Mapping[str, float] = field(default_factory=dict)
    blocked_email_domains: tuple[str, ...] = ()
    reserved_concurrency: Mapping[str, int] = field(default_factory=dict)

    @property
    def firewall(self) -> bool:
        """Whether a web ACL stands before the doors."""
        return self.waf_managed_rules or self.waf_rate_limit is not None

    @classmethod
    def from_context(cls, node: Node) -> Deployment:
        """Read the settings of an app's context; raises `DeploymentError`."""
        settings = dict(node.try_get_context("countersign") or {})
        path = node.try_get_context("settings")
        if path is not None:
            settings |= json.loads(Path(path).read_text(encoding="utf-8"))
        return cls.from_mapping(settings)

    @classmethod
    def from_mapping(cls, settings: Mapping[str, Any]) -> Deployment:
        """Build and check a deployment from plain JSON values; raises `DeploymentError`."""
        unknown = sorted(set(settings) - {f.name for f in fields(cls)})
        if unknown:
            raise DeploymentError(f"unknown settings: {', '.join(unknown)}")
        values = dict(settings)
        try:
            if "tenants" in values:
                values["tenants"] = tuple(_tenant(t) for t in values["tenants"])
            if "callers" in values:
                values["callers"] = tuple(_caller(c) for c in values["callers"])
            if "issuers" in values:
                values["issuers"] = tuple(dict(i) for i in values["issuers"])
            if "cognito" in values:
                values["cognito"] = _cognito(**values["cognito"])
            if "field_ownership" in values:
                chosen = values["field_ownership"].items()
                values["field_ownership"] = {kind: dict(sides) for kind, sides in chosen}
            values |= {name: tuple(values[name]) for name in _LISTS if name in values}
            deployment = cls(**values)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DeploymentError(f"malformed settings: {error}") from error
        wrong = list(problems(deployment))
        if wrong:
            raise DeploymentError("\n".join(wrong))
        return deployment


def _tenant(values: Mapping[str, Any]) -> Tenant:
    return Tenant(**{**values, "hubspot_reads": tuple(values.get("hubspot_reads", ()))})


def _cognito(clients: list[dict[str, Any]]) -> tuple[CognitoClient, ...]:
    lists = ("scopes", "vends")
    return tuple(
        CognitoClient(**c | {name: tuple(c[name]) for name in lists if name in c}) for c in clients
    )


def _caller(values: Mapping[str, Any]) -> Caller:
    rest = {key: value for key, value in values.items() if key != "tenants"}
    grants = {tenant: tuple(scopes) for tenant, scopes in values["tenants"].items()}
    return Caller(grants=grants, **rest)
