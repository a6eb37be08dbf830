"""What the operator may ask, read member by member: nothing unknown, nothing of another type.

    {"action": "bootstrap", "tenant", "name"?, "scopes"?, "vends"?, "expires_in_days"?}
    {"action": "incident.revoke", "all": true} or {…, "tenant"} or {…, "tenant", "principal"}
    {"action": "incident.restore", "tenant", "principal"}
    {"action": "incident.status", "tenant"?}

Each may name an `operator`, the two in the middle a `reason`: the caller's own words, for the
record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access.incident import ALL, MAX_TEXT, Place, is_principal
from core.access.keys import DAY_MS, DEFAULT_LIFE_MS, KeyDraft
from core.access.scopes import SCOPES, VENDABLE
from core.errors import FieldError, Invalid
from core.ids import TENANT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAX_DAYS = 365
_PRINCIPAL = (
    "`role/<account>/<name>`, `key/<id>`, `hubspot-user/<id>`, or `client/<id>`, "
    "percent-encoded as in the log."
)


def refuse_unknown(event: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise `Invalid` for members that the action does not know."""
    unknown = sorted(set(event) - {"action", "operator", *known})
    if unknown:
        fields = tuple(FieldError(str(n)[:MAX_TEXT], "unknown", "No such member.") for n in unknown)
        raise Invalid(
            "invalid_request", "The request has members that it cannot have.", fields=fields
        )


def said(event: Mapping[str, Any], name: str) -> str:
    """Return the operator's own words, empty when there are none."""
    value = event.get(name, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise _wrong(name, f"At most {MAX_TEXT} characters that can be shown.")
    return value


def tenant_of(event: Mapping[str, Any]) -> str:
    """Return the tenant that the request names."""
    value = event.get("tenant")
    if not isinstance(value, str) or not TENANT.fullmatch(value):
        raise _wrong("tenant", "A tenant's id.")
    return value


def place_of(event: Mapping[str, Any]) -> Place:
    """Return what is to be cut: exactly one of a principal of a tenant, a tenant, or all."""
    if "all" in event:
        if event["all"] is not True or {"tenant", "principal"} & set(event):
            raise _wrong("all", "`true`, and then neither tenant nor principal.")
        return Place()
    return principal_place(event) if "principal" in event else Place(tenant_of(event), ALL)


def principal_place(event: Mapping[str, Any]) -> Place:
    """Return the principal of a tenant that the request names."""
    value = event.get("principal")
    if not isinstance(value, str) or not is_principal(value):
        raise _wrong("principal", _PRINCIPAL)
    return Place(tenant_of(event), value)


def first_key(event: Mapping[str, Any], now: int) -> KeyDraft:
    """Return the first key as asked for; unless told, it can do everything for 90 days."""
    name = event.get("name", "first key")
    if not isinstance(name, str):
        raise _wrong("name", "A text.")
    days = event.get("expires_in_days", DEFAULT_LIFE_MS // DAY_MS)
    if type(days) is not int or not 1 <= days <= _MAX_DAYS:
        raise _wrong("expires_in_days", f"A whole number from 1 to {_MAX_DAYS}.")
    return KeyDraft(
        name=name,
        scopes=_texts(event, "scopes", SCOPES),
        vends=_texts(event, "vends", VENDABLE),
        expires_at=now + days * DAY_MS,
    )


def _texts(event: Mapping[str, Any], name: str, default: Iterable[str]) -> tuple[str, ...]:
    value = event.get(name, sorted(default))
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong(name, "A list of scopes.")
    return tuple(value)


def _wrong(field: str, message: str) -> Invalid:
    fields = (FieldError(field, "invalid", message),)
    return Invalid("invalid_request", f"{field}: {message}", fields=fields)
