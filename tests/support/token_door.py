"""The token door in this process: the authorizer is asked, its policy read, its context handed on.

The rules are API Gateway's for a REQUEST authorizer whose answers are not kept: the exception
`Unauthorized` is a 401, any other a 500, no matching Allow or a matching Deny a 403.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.support.doors import Door, LambdaContext, Reply, authorizer_event, token_event

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TokenDoor:
    """A door in front of handlers; `authorizer` is the module of the function."""

    authorizer: Any
    door: Door

    def call(
        self,
        method: str,
        resource: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **path: str,
    ) -> Reply:
        """Call a route; `path` are its parameters."""
        made = token_event(method, resource, resource.format(**path), body, headers)
        made["pathParameters"] = path or None
        status, said = self.asked(authorizer_event(made))
        if status:
            return Reply(status, {}, json.dumps({"code": "gateway"}))
        made["requestContext"]["authorizer"] = said
        return self.door.call(made)

    def asked(self, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return the gateway's own status, or 0 and what it would hand to the handlers."""
        try:
            given = self.authorizer.handler(event, LambdaContext())
        except Exception as error:  # noqa: BLE001 - as the gateway does, by what it says
            return (401 if str(error) == "Unauthorized" else 500), {}
        arn, decisions = event["methodArn"], set()
        for statement in given["policyDocument"]["Statement"]:
            assert len(statement["Resource"]) <= 512
            assert statement["Action"] == "execute-api:Invoke"
            if fnmatchcase(arn, statement["Resource"]):
                decisions.add(statement["Effect"])
        if decisions != {"Allow"}:
            return 403, {}
        context = {k: str(v) for k, v in given["context"].items()}
        return 0, context | {"principalId": given["principalId"], "integrationLatency": 7}
