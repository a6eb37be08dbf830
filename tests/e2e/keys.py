"""API keys of the running system, made as an operator makes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.outputs import door_url
from tests.e2e.door import SignedDoor
from tests.e2e.roles import assumed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.system import System


def token_url(system: System) -> str:
    """Return the token door's URL."""
    return door_url(system.endpoint, "token")


def first_key(system: System) -> str:
    """Have the tenant's first key made, as the deployer does; once in a system's life."""
    event = {"action": "bootstrap", "tenant": system.outputs.tenant, "name": "e2e"}
    answer = (
        system.endpoint.session()
        .client("lambda")
        .invoke(
            FunctionName=system.stack_outputs["AccessAdminFunction"],
            Payload=json.dumps(event).encode(),
        )
    )
    made: dict[str, Any] = json.loads(answer["Payload"].read())
    assert made["ok"], made
    return str(made["key"])


def vending_key(system: System, maker: str, vends: Sequence[str]) -> str:
    """Make a key that may vend and nothing else, with two proofs: the operator's role and a key."""
    operator = assumed(system, system.stack_outputs["CallerRoleArn2"])
    door = SignedDoor(system.outputs.signed_url, str(system.endpoint.authority), operator)
    body = {"name": "HubSpot functions", "scopes": ["credentials:vend"], "vends": list(vends)}
    answer = door.call("POST", "/v1/keys", body, headers={"X-API-Key": maker})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])
