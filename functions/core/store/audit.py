"""Audit entries as DynamoDB holds them: put once, in the transaction of what they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import keys
from core.store.table import Action

if TYPE_CHECKING:
    from core.audit import Entry


def put_entry(table: str, entry: Entry) -> Action:
    """Return the action that writes an entry under its own key, never over another."""
    item = {
        "at": entry.at,
        "principal": entry.principal,
        "door": entry.door,
        "action": entry.action,
        "resource": entry.resource,
        "correlation_id": entry.correlation_id,
        "source_ip": entry.source_ip,
        "result": entry.result,
        "fields": dict(entry.fields),
    }
    return Action(
        "Put",
        table,
        keys.audit(entry.tenant, entry.minute, entry.id),
        "audit",
        item,
        condition="attribute_not_exists(pk)",
    )
