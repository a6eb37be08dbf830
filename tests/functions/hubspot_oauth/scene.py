"""The OAuth function as deployed, an app in the twin, and a person who lets it in."""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3

from core.crm.scopes import NEEDED
from core.store.tenancy import StoredTenancy
from local.twin.oauth.apps import App
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.running_twin import Reply, RunningTwin

CLIENT, SECRET = "client-1", "client-secret-MARKED"
BACK = "http://localhost:8765/callback"
TENANT = "web"
TOKEN_PATH = "/oauth/2026-09/token"  # noqa: S105 - a path
MINUTE_MS = 60_000
FORM = "application/x-www-form-urlencoded"


class Replacing:
    """A port with some of its verbs replaced."""

    def __init__(self, port: Any, **verbs: Callable[..., Any]) -> None:
        """Keep the port, and what stands in for it."""
        self._port = port
        self._verbs = verbs

    def __getattr__(self, name: str) -> Any:
        """Return a verb."""
        return self._verbs.get(name) or getattr(self._port, name)


class Connected:
    """A deployed function, its secrets, the twin whose clock is the function's."""

    def __init__(self, twin: RunningTwin, *, rotates: bool = False) -> None:
        """Deploy it into moto, register the app in the twin."""
        self.twin = twin
        self.clock = FakeClock(twin.twin.clock.now())
        twin.twin.clock.freeze()
        twin.twin.add_portal(PORTAL)
        twin.twin.grants.apps[CLIENT] = App(
            CLIENT, SECRET, (BACK,), NEEDED, rotates_refresh_tokens=rotates
        )
        self.dynamodb = boto3.client("dynamodb")
        tables.create(self.dynamodb)
        self.tenancy = StoredTenancy(self.dynamodb, tables.ACCESS)
        self.tenancy.put_tenant(TENANT, str(PORTAL))
        self.secrets = boto3.client("secretsmanager")
        self.create("oauth/", {"client_id": CLIENT, "client_secret": SECRET})
        self.create("hs/", {"token": "random", "previous": None})
        self.module = self.deployed()

    def deployed(self) -> Any:
        """Return the function anew, as after a cold start."""
        environment = {
            "ACCESS_TABLE": tables.ACCESS,
            "HUBSPOT_SECRET_PREFIX": "hs/",
            "HUBSPOT_BASE_URL": self.twin.url,
            "HUBSPOT_API_VERSION": "2026-09",
            "HUBSPOT_APP_URL": self.twin.url,
            "HUBSPOT_OAUTH_SECRET_PREFIX": "oauth/",
            "HUBSPOT_OAUTH_TENANTS": TENANT,
            "POWERTOOLS_SERVICE_NAME": "hubspot_oauth",
        }
        with patch.dict(os.environ, environment), patch("core.clock.SystemClock", self._clock):
            return importlib.reload(importlib.import_module("hubspot_oauth.handler"))

    def _clock(self) -> FakeClock:
        return self.clock

    def create(self, prefix: str, value: dict[str, Any]) -> None:
        """Make the tenant's secret."""
        self.secrets.create_secret(Name=f"{prefix}{TENANT}", SecretString=json.dumps(value))

    def held(self, prefix: str = "hs/") -> dict[str, Any]:
        """Return what the tenant's secret holds."""
        told = self.secrets.get_secret_value(
            SecretId=f"{prefix}{TENANT}", VersionStage="AWSCURRENT"
        )
        found: dict[str, Any] = json.loads(told["SecretString"])
        return found

    def ask(self, action: str, tenant: str = TENANT, **told: str) -> dict[str, Any]:
        """Invoke the function as the operator does; the answer must survive JSON."""
        event = {"action": action, "tenant": tenant, **told}
        answer: dict[str, Any] = json.loads(json.dumps(self.module.handler(event, None)))
        return answer

    def begin(self) -> dict[str, Any]:
        """Begin a connection."""
        return self.ask("connect.begin", redirect_uri=BACK)

    def decide(self, url: str, decision: str = "allow", portal: int = PORTAL) -> Reply:
        """Follow the link and decide, as a person in HubSpot."""
        fields = [*parse_qsl(urlsplit(url).query), ("portal", str(portal)), ("decision", decision)]
        sent = urlencode(fields).encode()
        return self.twin.call("POST", "/oauth/authorize", sent, token=None, content_type=FORM)

    def code(self, url: str, portal: int = PORTAL) -> str:
        """Return the code that HubSpot sends the browser back with."""
        told = dict(parse_qsl(urlsplit(self.decide(url, portal=portal).headers["location"]).query))
        return told["code"]

    def connect(self, portal: int = PORTAL) -> dict[str, Any]:
        """Go the whole way."""
        begun = self.begin()
        code = self.code(begun["url"], portal)
        return self.ask("connect.finish", state=begun["state"], code=code)

    def tick(self, module: Any = None) -> str:
        """Wake the function as the schedule does; return what came of the tenant."""
        answer = (module or self.module).handler({"source": "schedule"}, None)
        return str(answer["tenants"][TENANT])

    def advance(self, minutes: float) -> None:
        """Let time pass, here and in HubSpot."""
        self.clock.advance(round(minutes * MINUTE_MS))
        self.twin.twin.clock.advance(round(minutes * MINUTE_MS))

    def opens(self) -> bool:
        """Return whether HubSpot accepts the token that the tenant's secret holds."""
        path = "/account-info/2026-09/details"
        return self.twin.call("GET", path, token=self.held()["token"]).status == 200

    def issued(self) -> int:
        """Return how often HubSpot was asked for a token."""
        calls = self.twin.twin.recorder.kept
        return sum(call["path"] == TOKEN_PATH for call in calls)
