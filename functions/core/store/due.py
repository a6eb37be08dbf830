"""The work index: which items of a queue are due. It only finds; what it finds is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.store import keys, table
from core.store.keys import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "work"


def due(
    dynamodb: DynamoDBClient, core_table: str, tenant: str, queue: str, until: int
) -> Iterator[Key]:
    """Yield the keys of a tenant's items that are due in a queue by `until` (epoch ms).

    The index is eventually consistent: an item may be found a moment late, or a moment too long.
    """
    for shard in range(keys.SHARDS):
        request: dict[str, Any] = {
            "TableName": core_table,
            "IndexName": INDEX,
            "KeyConditionExpression": "work_queue = :queue AND due_at <= :until",
            "ExpressionAttributeValues": table.to_wire(
                {":queue": keys.queue(tenant, queue, shard), ":until": until}
            ),
        }
        while True:
            with table.translated():
                answer = dynamodb.query(**request)
            for raw in answer["Items"]:
                yield Key(str(raw["pk"]["S"]), str(raw["sk"]["S"]))
            if "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
