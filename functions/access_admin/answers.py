"""What the operator is answered: `{"ok": true, …}`, or `{"ok": false, "error": {code, detail}}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access.apikey import KeyName
from core.access.incident import ALL, SETTLING_MS
from core.clock import rfc3339
from core.ids import DEPLOYMENT

if TYPE_CHECKING:
    from core.access.credential import Credential
    from core.access.incident import Cut
    from core.errors import CountersignError


def first_key(made: Credential, text: str) -> dict[str, Any]:
    """Show a tenant's first key with its text, once."""
    return {
        "ok": True,
        "id": made.id,
        "key": text,
        "prefix": KeyName(made.tenant, made.id).shown,
        "tenant": made.tenant,
        "name": made.name,
        "scopes": sorted(made.scopes),
        "vends": sorted(made.vends),
        "created_at": rfc3339(made.created_at),
        "expires_at": rfc3339(made.expires_at) if made.expires_at is not None else None,
    }


def changed(made: Cut) -> dict[str, Any]:
    """Show a cut just made or restored, and by when it is known everywhere."""
    return {"ok": True, "cut": cut(made), "known_by": rfc3339(made.changed_at + SETTLING_MS)}


def cut(of: Cut) -> dict[str, Any]:
    """Show a cut; `valid_from` is null once it is restored, and what it does not name too."""
    return {
        "tenant": None if of.place.tenant == DEPLOYMENT else of.place.tenant,
        "principal": None if of.place.principal == ALL else of.place.principal,
        "valid_from": rfc3339(of.valid_from) if of.valid_from else None,
        "changed_at": rfc3339(of.changed_at),
        "reason": of.reason,
        "by": of.by,
    }


def refused(error: CountersignError) -> dict[str, Any]:
    """Show a refusal: the operator is told what the log is told."""
    shown: dict[str, Any] = {"code": error.code, "detail": error.public}
    if error.fields:
        shown["fields"] = [
            {"field": f.field, "code": f.code, "message": f.message} for f in error.fields
        ]
    return {"ok": False, "error": shown}
