"""Idempotency records of calls that are one transaction: put with it, done at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.store import keys, order_items, table
from core.store.order_actions import RECORD_SECONDS
from core.store.table import Action

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.idempotency import Claim, Record


def put_record(core_table: str, tenant: str, claim: Claim, at: int) -> Action:
    """Return the action that ties an Idempotency-Key to what the call made, once."""
    item = {
        "status": "done",
        "body_hash": claim.ticket.body_hash,
        "resource_id": claim.resource_id,
        "expires_at": at // 1000 + RECORD_SECONDS,
    }
    key = keys.idempotency(tenant, claim.ticket.digest)
    return Action("Put", core_table, key, "record", item, condition="attribute_not_exists(pk)")


def find_record(
    dynamodb: DynamoDBClient, core_table: str, tenant: str, digest: str
) -> Record | None:
    """Return the record of an Idempotency-Key, strongly consistent."""
    item = table.get(dynamodb, core_table, keys.idempotency(tenant, digest))
    return order_items.record(item) if item is not None else None
