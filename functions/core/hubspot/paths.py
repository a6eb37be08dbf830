"""Every HubSpot path that we call, for every API version: the one place that holds them.

Date versions (`2026-09`) stand before the object type; `v3` stands after `crm`, and its
associations are `v4` (HubSpot, "Versioning").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.calls import Action
from core.crm.properties import ADOPT_BY, ObjectType

if TYPE_CHECKING:
    from core.crm.calls import Call

LEGACY = "v3"
LEGACY_ASSOCIATIONS = "v4"

_ASSOCIATIONS = {Action.ASSOCIATE: "associate/default", Action.ASSOCIATED: "read"}


def batch(version: str, call: Call) -> str:
    """Return the path of a batch call."""
    if call.action in _ASSOCIATIONS:
        base = _area("associations", LEGACY_ASSOCIATIONS if version == LEGACY else version)
        return f"{base}/{call.type}/{call.to_type}/batch/{_ASSOCIATIONS[call.action]}"
    if call.action is Action.SEARCH:
        return f"{_area('objects', version)}/{call.type}/search"
    query = "?archived=true" if call.archived else ""
    return f"{_area('objects', version)}/{call.type}/batch/{call.action}{query}"


def properties(version: str, kind: ObjectType) -> str:
    """Return the path of a type's property definitions."""
    return f"{_area('properties', version)}/{kind}"


def create_properties(version: str, kind: ObjectType) -> str:
    """Return the path that creates up to 100 property definitions."""
    return f"{properties(version, kind)}/batch/create"


def property_groups(version: str, kind: ObjectType) -> str:
    """Return the path of a type's property groups."""
    return f"{properties(version, kind)}/groups"


def adopting_property(version: str, kind: ObjectType) -> str:
    """Return the path of the property by which a type's records are adopted."""
    return f"{properties(version, kind)}/{ADOPT_BY[kind]}"


def order_pipelines(version: str) -> str:
    """Return the path of the order pipelines."""
    return f"{_area('pipelines', version)}/order"


def account(version: str) -> str:
    """Return the path of the account's details."""
    return f"/account-info/{version}/details"


def oauth_token(version: str) -> str:
    """Return the path that gives OAuth tokens."""
    return f"/oauth/{version}/token"


def oauth_revoke(version: str) -> str:
    """Return the path that takes an OAuth grant back."""
    return f"/oauth/{version}/token/revoke"


TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105 - a path
"""Tells a service key's or static token's scopes; it is in no version of the API."""


def _area(area: str, version: str) -> str:
    dated = version[:1].isdigit()
    return f"/crm/{area}/{version}" if dated else f"/crm/{version}/{area}"
