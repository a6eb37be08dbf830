"""Audit entries as DynamoDB holds them: put once, in the transaction of what they tell of.

Or alone, before what DynamoDB takes no part in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Contended
from core.errors import Unavailable
from core.store import keys, table
from core.store.table import Action

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry


class StoredRecord:
    """Writes entries of what is done elsewhere."""

    def __init__(self, dynamodb: DynamoDBClient, audit_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = audit_table

    def put(self, entry: Entry) -> None:
        """Write an entry; `Unavailable` when it may not have been written."""
        try:
            table.transact(self._dynamodb, [put_entry(self._table, entry)], entry.id)
        except Contended as error:
            raise Unavailable(
                "record_unavailable",
                "This cannot be recorded now, so it was not done. Try again.",
                retry_after=1,
            ) from error


def put_entry(audit_table: str, entry: Entry) -> Action:
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
        "proofs": list(entry.proofs),
        "of_resource": f"{entry.tenant}#{entry.resource}",
        "of_principal": f"{entry.tenant}#{entry.principal}",
    }
    return Action(
        "Put",
        audit_table,
        keys.audit(entry.tenant, entry.minute, entry.id),
        "audit",
        item,
        condition="attribute_not_exists(pk)",
    )
