"""Items that a deployment declares: written as declared, and switched off when no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.store import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.store.keys import Key

ACTIVE = "active"
REMOVED = "removed"


def put(dynamodb: DynamoDBClient, access_table: str, key: Key, item: Mapping[str, Any]) -> None:
    """Write an item as declared."""
    whole = table.to_wire({"pk": key.pk, "sk": key.sk, **item})
    dynamodb.put_item(TableName=access_table, Item=whole)


def put_of_kind(
    dynamodb: DynamoDBClient, access_table: str, key: Key, item: Mapping[str, Any]
) -> bool:
    """Write an item unless one of another kind is there; return whether it was written."""
    try:
        dynamodb.put_item(
            TableName=access_table,
            Item=table.to_wire({"pk": key.pk, "sk": key.sk, **item}),
            ConditionExpression="attribute_not_exists(pk) OR kind = :kind",
            ExpressionAttributeValues=table.to_wire({":kind": item["kind"]}),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def switch_off(dynamodb: DynamoDBClient, access_table: str, key: Key, kind: str = "") -> None:
    """Switch an item off if it is there, and of that kind when one is named."""
    values = {":removed": REMOVED} | ({":kind": kind} if kind else {})
    try:
        dynamodb.update_item(
            TableName=access_table,
            Key=table.wire_key(key),
            UpdateExpression="SET #status = :removed",
            ConditionExpression="kind = :kind" if kind else "attribute_exists(pk)",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=table.to_wire(values),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return  # it never was: a declaration that was refused is being rolled back
