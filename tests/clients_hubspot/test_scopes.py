"""The app asks HubSpot for the scopes that the service needs, neither more nor fewer."""

from __future__ import annotations

import json

from core.crm.scopes import NEEDED
from tests.clients_hubspot.conftest import HERE


def test_the_app_asks_for_the_scopes_of_the_table() -> None:
    """`core.crm.scopes` is the one table; the app's declaration repeats it."""
    root = HERE.parents[1] / "clients" / "hubspot"
    meta = json.loads((root / "src" / "app" / "app-hsmeta.json").read_text("utf-8"))
    auth = meta["config"]["auth"]
    assert auth["requiredScopes"] == sorted(NEEDED)
    assert auth["optionalScopes"] == auth["conditionallyRequiredScopes"] == []
