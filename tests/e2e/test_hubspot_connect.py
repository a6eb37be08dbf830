"""An OAuth app is let into a portal of the deployed system, and its token is renewed there."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import requests

from core.crm.scopes import NEEDED
from countersign import connecting, hubspot
from countersign.aws import invoke
from local.ports import free_ports
from tests.e2e.conftest import OAUTH, OAUTH_PORTAL

if TYPE_CHECKING:
    from local.system import System

CLIENT, SECRET = "app-of-the-third", "its-client-secret"


def test_connect_check_and_renew(system: System) -> None:
    """Guarantee: with its own role the function exchanges, stores and renews; the check is fine."""
    session, outputs = system.target().session(), system.outputs
    secrets = session.client("secretsmanager")
    app = {"client_id": CLIENT, "client_secret": SECRET}
    secrets.put_secret_value(
        SecretId=f"Countersign/hubspot-oauth/{OAUTH}", SecretString=json.dumps(app)
    )
    port = free_ports().twin
    registered = {"redirect_uris": [f"http://localhost:{port}/callback"], "scopes": sorted(NEEDED)}
    for path, body in (("portals", {"portal": OAUTH_PORTAL}), ("apps", app | registered)):
        requests.post(f"{system.portal.url}/_twin/{path}", json=body, timeout=5).raise_for_status()

    def decide(url: str) -> None:
        form = dict(parse_qsl(urlsplit(url).query))
        form |= {"portal": str(OAUTH_PORTAL), "decision": "allow"}
        requests.post(url.split("?", maxsplit=1)[0], data=form, timeout=10).raise_for_status()

    found = connecting.connect(
        session,
        outputs.hubspot_oauth_function,
        OAUTH,
        port=port,
        open_page=lambda url: Thread(target=decide, args=(url,), daemon=True).start(),
    )
    assert found == {"portal": str(OAUTH_PORTAL), "scopes": sorted(NEEDED)}
    hubspot.provision(session, outputs.hubspot_provision_function, OAUTH)
    assert hubspot.check(session, outputs.hubspot_check_function, OAUTH)["findings"] == []

    token = secrets.get_secret_value(SecretId=f"Countersign/hubspot/{OAUTH}")["SecretString"]
    session.client("dynamodb").update_item(
        TableName="Countersign-access",
        Key={"pk": {"S": f"{OAUTH}#OAUTH#{OAUTH}"}, "sk": {"S": "GRANT"}},
        UpdateExpression="SET due_at = :long_ago",
        ExpressionAttributeValues={":long_ago": {"N": "1"}},
    )
    answer = invoke(session, outputs.hubspot_oauth_function, {})
    assert answer["tenants"][OAUTH] in {"renewed", "held", "not due"}  # the schedule may be first
    renewed = secrets.get_secret_value(SecretId=f"Countersign/hubspot/{OAUTH}")["SecretString"]
    assert renewed != token
