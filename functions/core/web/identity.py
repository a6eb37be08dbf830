"""What a door has proven, read from the one place that this door's gateway fills in.

API Gateway puts the verified IAM caller into `requestContext.identity` of an AWS_IAM method, and
what the authorizer said of the caller into `requestContext.authorizer` of a CUSTOM one. The door is
the stage's name. No header and no other door's fields are believed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core.access import handover
from core.access.principal import Caller
from core.errors import Forbidden
from core.routes import Door

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.access.principal import Principal

_ASSUMED = re.compile(
    r"arn:aws[a-z-]*:sts::(?P<account>\d{12}):assumed-role/(?P<role>[\w+=,.@-]{1,64})/"
    r"(?P<session>[\w+=,.@-]{2,64})"
)


def door_of(event: Mapping[str, Any]) -> Door:
    """Return the door through which the event came; `Forbidden` for a stage that is none."""
    stage = event["requestContext"].get("stage", "")
    if stage not in set(Door):
        raise _refused("unknown stage")
    return Door(stage)


def source_ip_of(event: Mapping[str, Any]) -> str:
    """Return the address that the gateway saw, empty when it names none."""
    return (event["requestContext"].get("identity") or {}).get("sourceIp") or ""


def caller_of(event: Mapping[str, Any]) -> Caller:
    """Return who called through the signed door.

    `Forbidden` when the caller is no role's session (an IAM user, the account's root), or when the
    account in the ARN is not the account that API Gateway names beside it.
    """
    identity = event["requestContext"].get("identity") or {}
    if door_of(event) is not Door.SIGNED:
        raise _refused("only the signed door proves an IAM caller")
    found = _ASSUMED.fullmatch(identity.get("userArn") or "")
    if found is None or found["account"] != identity.get("accountId"):
        raise _refused("the caller is no role session")
    return Caller(
        door=door_of(event),
        account=found["account"],
        role=found["role"],
        session=found["session"],
        source_ip=source_ip_of(event),
    )


def principal_of(event: Mapping[str, Any]) -> Principal:
    """Return who called through the token door, as its authorizer found; `Forbidden` elsewhere."""
    context = event["requestContext"]
    if door_of(event) is not Door.TOKEN:
        raise _refused("only the token door has an authorizer")
    try:
        return handover.read(context.get("authorizer") or {}, source_ip_of(event))
    except ValueError as error:
        raise _refused(f"the authorizer's context: {error}") from error


def _refused(internal: str) -> Forbidden:
    return Forbidden("forbidden", "You are not allowed to do this.", internal=internal)
