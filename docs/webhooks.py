"""`webhooks-hsmeta.json`: what the HubSpot app subscribes to, from what the door looks at.

The target's URL is the deployer's own and is kept.
"""

from __future__ import annotations

import json
from pathlib import Path

from core.crm.events import LOOKED_AT, MERGE, PRIVACY, PROPERTY_CHANGE, SINGULAR
from core.crm.ownership import RULES
from core.crm.properties import ObjectType
from core.routes import route

FILE = "clients/hubspot/src/app/webhooks/webhooks-hsmeta.json"
_ROOT = Path(__file__).resolve().parent.parent
_EXAMPLE = f"https://hubspot.example.com{route('receive_webhooks').path}"
_MOST_AT_ONCE = 10


def webhooks() -> str:
    """Return the file."""
    file = _ROOT / FILE
    kept = json.loads(file.read_text())["config"]["settings"] if file.exists() else {}
    config = {
        "settings": {
            "targetUrl": kept.get("targetUrl", _EXAMPLE),
            "maxConcurrentRequests": kept.get("maxConcurrentRequests", _MOST_AT_ONCE),
        },
        "subscriptions": {
            "crmObjects": [*_changes(), *_others()],
            "legacyCrmObjects": [],
            "hubEvents": [{"subscriptionType": PRIVACY, "active": True}],
        },
    }
    whole = {"uid": "countersign-webhooks", "type": "webhooks", "config": config}
    return json.dumps(whole, indent=2) + "\n"


def _changes() -> list[dict[str, object]]:
    return [
        _subscription(PROPERTY_CHANGE, kind) | {"propertyName": name, "active": True}
        for kind, name in RULES
    ]


def _others() -> list[dict[str, object]]:
    """Return the events that have no property; HubSpot merges contacts, and no other type here."""
    events = [what for what in LOOKED_AT if what != PROPERTY_CHANGE]
    listed = [(what, kind) for kind in ObjectType for what in events]
    merged = (MERGE, ObjectType.CONTACTS)
    return [_subscription(what, kind) | {"active": True} for what, kind in (*listed, merged)]


def _subscription(what: str, kind: ObjectType) -> dict[str, object]:
    return {"subscriptionType": f"object.{what}", "objectType": SINGULAR[kind]}
