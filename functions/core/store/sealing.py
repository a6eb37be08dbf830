"""The audit table as sealing sees it: `core.sealing.ports.SealStore` over DynamoDB.

Everything here is put, never updated or deleted: no role has the right to either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.contention import Superseded
from core.sealing.block import leaf
from core.sealing.ports import Head
from core.store import keys, table
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.sealing.block import Block, Leaf

_ABSENT = "attribute_not_exists(pk)"


class StoredSeals:
    """Reads entries as DynamoDB's own JSON has them, since that is what is hashed."""

    def __init__(self, dynamodb: DynamoDBClient, audit_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = audit_table

    def head(self, tenant: str) -> Head | None:
        """Return how far sealing has come, None before the first time."""
        item = table.get(self._dynamodb, self._table, keys.chain(tenant))
        if item is None:
            return None
        return Head(tenant, item["height"], item["hash"], tuple(item["looked"]))

    def entries(self, tenant: str, minute: str) -> Iterator[Leaf]:
        """Yield the entries of a minute by id, strongly consistent."""
        for item in table.query_wire(self._dynamodb, self._table, keys.minute_of(tenant, minute)):
            yield leaf(item["sk"]["S"], item)

    def heights(self, tenant: str, minute: str) -> tuple[int, ...]:
        """Return the heights of the blocks that hold entries of a minute, strongly consistent."""
        items = table.query(self._dynamodb, self._table, keys.blocks(tenant, minute))
        return tuple(item["height"] for item in items)

    def advance(self, before: Head | None, after: Head, block: Block | None = None) -> None:
        """Move the head, together with the header of a new block; `Superseded` if it has moved."""
        actions = [_head(self._table, before, after)]
        if block is not None:
            actions.append(_header(self._table, block))
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed as failed:
            raise Superseded from failed


def _head(audit_table: str, before: Head | None, after: Head) -> Action:
    item = {"height": after.height, "hash": after.hash, "looked": list(after.looked)}
    seen: dict[str, Any] = {}
    if before is not None:
        seen = {":height": before.height, ":looked": list(before.looked)}
    return Action(
        "Put",
        audit_table,
        keys.chain(after.tenant),
        "head",
        item,
        condition="height = :height AND looked = :looked" if seen else _ABSENT,
        values=seen,
    )


def _header(audit_table: str, block: Block) -> Action:
    """Return the action that tells of a block, or tells the same of it again."""
    return Action(
        "Put",
        audit_table,
        keys.block(block.tenant, block.minute, block.height),
        "block",
        {**block.header, "hash": block.hash},
        condition=f"{_ABSENT} OR #hash = :hash",
        names={"#hash": "hash"},
        values={":hash": block.hash},
    )
