"""POST /oauth/v2/private-apps/get/access-token-info: what a service key or static token may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twin.call import Answer, Call
from local.twin.chain import Operation
from local.twin.problems import Problem

if TYPE_CHECKING:
    from local.twin.auth import Demand

PATH = "/oauth/v2/private-apps/get/access-token-info"


def operation() -> Operation:
    """Return the endpoint; HubSpot's guides tell of it, its OpenAPI documents do not."""
    return Operation("POST", PATH, "v2", tell, _nothing, setup=True, hides=frozenset({"tokenKey"}))


def _nothing(_call: Call) -> list[Demand]:
    return []


def tell(call: Call) -> Answer:
    """Say whose the token is and what it may do."""
    if call.fields().get("tokenKey") != call.token.value or call.token.kind != "private":
        raise Problem(400, "The access token must have the correct format")
    told = {"userId": 1, "hubId": call.portal.id, "appId": 1, "scopes": sorted(call.token.scopes)}
    return Answer(200, told)
