"""Synthesis in this process, with empty bundles: template facts do not need the functions' code."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any
from unittest import mock

import aws_cdk as cdk

import infra.function
from infra import ROOT
from infra.app import build
from infra.bundling import Bundle
from infra.deployment import Deployment
from tests.infra.templates import Templates

if TYPE_CHECKING:
    from pathlib import Path

OWN, FOREIGN = "111122223333", "444455556666"

PRODUCTION: dict[str, Any] = {}
"""What `make synth` builds: cdk.json alone."""

EVERY_OPTION: dict[str, Any] = {
    "account": OWN,
    "runtime": "python3.14",
    "tenants": [
        {"id": "main", "hubspot_portal_id": "1"},
        {"id": "second", "hubspot_portal_id": "2", "hubspot_auth": "oauth"},
    ],
    "callers": [
        {"name": "reader", "create": True, "tenants": {"main": ["stock:read"]}},
        {"name": "clerk", "create": True, "tenants": {"second": ["orders:place", "orders:read"]}},
        {"role_arn": f"arn:aws:iam::{OWN}:role/jobs/night", "tenants": {"main": ["stock:write"]}},
        {"role_arn": f"arn:aws:iam::{FOREIGN}:role/partner", "tenants": {"main": ["stock:read"]}},
    ],
    "issuers": [
        {
            "id": "https://login.example.com/realm",
            "jwks_url": "https://login.example.com/realm/jwks.json",
            "algorithms": ["RS256", "ES256"],
            "audiences": ["countersign"],
            "tenant_claim": "shop",
            "tenants": ["main", "second"],
            "scopes": ["stock:read", "credentials:vend"],
            "clients": [{"id": "partner1", "vends": ["stock:read"]}],
        }
    ],
    "cognito": {
        "clients": [
            {
                "name": "partner",
                "tenant": "main",
                "scopes": ["stock:read", "credentials:vend"],
                "vends": ["stock:read"],
            },
            {"name": "back-office", "tenant": "second", "scopes": ["orders:read"]},
        ]
    },
    "organization_id": "o-abcdefghij",
    "source_networks": ["192.0.2.0/24"],
    "waf_rate_limit": 2000,
    "audit_lock_mode": "COMPLIANCE",
    "audit_lock_days": 3653,
    "waf_managed_rules": True,
    "cors_origins": ["https://portal.example", "https://second.example:8443"],
    "alarm_email": "ops@example.com",
    "field_ownership": {"contacts": {"phone": "hubspot", "email": "ours"}},
    "reserved_concurrency": {"orders_api": 50, "authorizer": 20},
}
"""Every setting that changes a template, at once."""


def context() -> dict[str, Any]:
    """Return the context of cdk.json."""
    found: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    return found


def deployment(settings: dict[str, Any]) -> Deployment:
    """Return cdk.json's deployment with these settings over it."""
    return Deployment.from_mapping(context()["countersign"] | settings)


def synthesized(folder: Path, settings: dict[str, Any]) -> Templates:
    """Synthesize every stack into `folder`, findings reviewed as in production."""
    paths = {"aws:cdk:enable-path-metadata": True}  # as the CDK command does
    app = cdk.App(context=context() | paths, outdir=str(folder / "cdk.out"))
    with empty_bundles(folder):
        build(app, deployment(settings))
        app.synth()
    return Templates.read(folder / "cdk.out")


def empty_bundles(folder: Path) -> Any:
    """Let functions be built of a zip without code."""
    path = folder / "empty.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("empty", "")
    empty = Bundle(path, "0" * 64, compiled=False)
    return mock.patch.object(infra.function, "bundle", return_value=empty)
