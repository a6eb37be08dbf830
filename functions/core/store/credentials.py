"""API keys as DynamoDB holds them: the credential, its line in the tenant's list, its audit entry.

Of a key's text only the SHA-256 comes here. A set that is empty is left out: DynamoDB has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import keys
from core.store.table import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.access.credential import Credential
    from core.keyring.ports import Maker
    from core.store.table import Item

ACTIVE, REVOKED = "active", "revoked"
_STATUS = {"#status": "status"}


def put_key(table: str, key: Credential) -> tuple[Action, Action]:
    """Return the actions that make a key, and list it."""
    missing = "attribute_not_exists(pk)"
    home = keys.credential(key.tenant, key.id)
    listed = keys.Key(keys.listed_credentials(key.tenant), key.id)
    return (
        Action("Put", table, home, "key", _item(key), condition=missing),
        Action("Put", table, listed, "listed", {"id": key.id}, condition=missing),
    )


def end_by_rotation(table: str, before: Credential, old: Credential) -> Action:
    """Return the action that gives a key its successor and its end, if nobody else did."""
    condition = "#status = :active AND attribute_not_exists(rotated_to) AND "
    values = {":active": ACTIVE, ":to": old.rotated_to, ":end": old.expires_at}
    if before.expires_at is None:
        condition += "attribute_not_exists(expires_at_ms)"
    else:
        condition += "expires_at_ms = :seen"
        values[":seen"] = before.expires_at
    return Action(
        "Update",
        table,
        keys.credential(old.tenant, old.id),
        "rotated",
        update="SET rotated_to = :to, expires_at_ms = :end",
        condition=condition,
        names=_STATUS,
        values=values,
    )


def end_by_revocation(table: str, key: Credential) -> Action:
    """Return the action that revokes a key which is not revoked yet."""
    return Action(
        "Update",
        table,
        keys.credential(key.tenant, key.id),
        "revoked",
        update="SET #status = :revoked, revoked_at = :at",
        condition="#status = :active",
        names=_STATUS,
        values={":active": ACTIVE, ":revoked": REVOKED, ":at": key.revoked_at},
    )


def still_there(
    table: str, tenant: str, maker: Maker, now: int, *, but: str = ""
) -> Iterator[Action]:
    """Yield the checks that a maker's keys and cuts are as they were seen.

    `but` is a key that the transaction itself changes: DynamoDB takes one action per item.
    """
    for key_id in sorted(set(maker.credentials) - {but}):
        yield Action(
            "ConditionCheck",
            table,
            keys.credential(tenant, key_id),
            f"maker:{key_id}",
            condition="#status = :active AND (attribute_not_exists(expires_at_ms) "
            "OR expires_at_ms > :now)",
            names=_STATUS,
            values={":active": ACTIVE, ":now": now},
        )
    for place, seen in maker.cuts.items():
        same = "valid_from = :seen"
        yield Action(
            "ConditionCheck",
            table,
            keys.cut(place.tenant, place.principal),
            f"cut:{place.tenant}:{place.principal}",
            condition=same if seen else f"attribute_not_exists(pk) OR {same}",
            values={":seen": seen},
        )


def _item(key: Credential) -> Item:
    item = {
        "tenant": key.tenant,
        "id": key.id,
        "kind": str(key.kind),
        "status": ACTIVE if key.active else REVOKED,
        "origin": key.origin,
        "name": key.name,
        "scopes": set(key.scopes) or None,
        "vends": set(key.vends) or None,
        "digest": key.digest,
        "networks": list(key.networks),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at_ms": key.expires_at,
    }
    return {name: value for name, value in item.items() if value is not None}
