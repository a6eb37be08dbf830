"""The function as deployed, with a portal that it looks at."""

from __future__ import annotations

import importlib
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from core.crm.scopes import NEEDED
from core.store.tenancy import StoredTenancy
from hubspot_provision.provision import provision
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.running_twin import PORTAL, TOKEN

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

DAY_MS = 24 * 60 * 60_000
TODAY = int(datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp() * 1000)
NEW, OLD = "pat-na1-NEW-MARKED", "pat-na1-OLD-MARKED"


class Checked:
    """The function as deployed, before a portal that is provisioned and a token that fits."""

    def __init__(self, twin: RunningTwin) -> None:
        """Deploy it into moto."""
        self.twin = twin
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        self.tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        self.tenancy.put_tenant("main", str(PORTAL))
        self.secrets = boto3.client("secretsmanager")
        self.put("main", {"token": TOKEN, "previous": None})
        self.clock = FakeClock(TODAY)
        environment = {
            "ACCESS_TABLE": tables.ACCESS,
            "HUBSPOT_SECRET_PREFIX": "hs/",
            "HUBSPOT_BASE_URL": twin.url,
            "HUBSPOT_API_VERSION": "2026-09",
            "HUBSPOT_OAUTH_SECRET_PREFIX": "oauth/",
            "HUBSPOT_OAUTH_TENANTS": "web",
            "POWERTOOLS_SERVICE_NAME": "hubspot_check",
        }
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("hubspot_check.handler"))
        self.since = TODAY
        vars(self.module).update(clock=self.clock, current_since=lambda _name: self.since)
        provision(self.module.portals.alone(TOKEN), "main", str(PORTAL), "2026-09")
        self.grant(TOKEN, NEEDED)

    def put(self, tenant: str, value: dict[str, Any], prefix: str = "hs/") -> None:
        """Put a tenant's secret."""
        self.secrets.create_secret(Name=f"{prefix}{tenant}", SecretString=json.dumps(value))

    def put_again(self, value: str) -> None:
        """Change the tenant's secret."""
        self.secrets.put_secret_value(SecretId="hs/main", SecretString=value)

    def grant(self, token: str, scopes: frozenset[str], portal: int = PORTAL) -> None:
        """Let a token into a portal."""
        self.twin.twin.add_token(token, portal, scopes=scopes)

    def report(self, tenant: str = "main") -> dict[str, Any]:
        """Ask for a tenant's report; the answer must survive JSON, as Lambda demands."""
        answered = self.module.handler({"tenant": tenant}, None)
        found: dict[str, Any] = json.loads(json.dumps(answered))
        return found

    def codes(self, tenant: str = "main") -> list[str]:
        """Return the findings' codes."""
        return [finding["code"] for finding in self.report(tenant)["findings"]]
