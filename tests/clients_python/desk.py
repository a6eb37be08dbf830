"""Vends credentials of sessions that the gateway knows, in the shape of `POST /v1/credentials`."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.clients_python.people import REGION

if TYPE_CHECKING:
    from tests.clients_python.gateway import Call, Gateway, Reply
    from tests.clients_python.people import People


class Desk:
    """Answers any other call with its caller's name."""

    def __init__(self, gateway: Gateway, people: People, lasting: float = 900) -> None:
        """Serve at the gateway."""
        self.calls: list[Call] = []
        self.lasting = lasting
        self._gateway, self._people = gateway, people
        gateway.serve = self

    def __call__(self, call: Call) -> Reply:
        """Vend, or name the caller."""
        if call.route.name != "vend_credentials":
            return 200, {}, json.dumps({"principal": call.principal.id})
        self.calls.append(call)
        tenant, key_id = call.principal.tenant, call.principal.id.partition("/")[2]
        issued = int(self._gateway.now().timestamp())
        made = self._people.session("vended", f"cs1.{tenant}.{key_id}.{issued:08x}")
        ends = self._gateway.now() + timedelta(seconds=self.lasting)
        self._people.sessions[made.access_key].ends_at = ends
        body = {
            "access_key_id": made.access_key,
            "secret_access_key": made.secret_key,
            "session_token": made.token,
            "expires_at": ends.isoformat().replace("+00:00", "Z"),
            "region": REGION,
            "url": self._gateway.url("signed"),
            "scopes": sorted(call.principal.vends),
        }
        return 201, {}, json.dumps(body)
