"""DynamoDB in plain Python values: reads, and transactions that say what failed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from core.contention import Contended
from core.store.keys import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

BATCH_GET = 100
"""Keys of one BatchGetItem (DynamoDB's limit)."""

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionInProgressException",
        "InternalServerError",
        "ServiceUnavailable",
    }
)
_PASSING = frozenset(
    {
        "None",
        None,
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    }
)
"""Reasons for a cancelled transaction that may be gone at the next try."""

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class ConditionFailed(Exception):
    """A transaction was refused: `failed` maps each label to the item as it stood (or None)."""

    def __init__(self, failed: Mapping[str, Item | None]) -> None:
        """Keep what failed."""
        super().__init__(", ".join(failed))
        self.failed = dict(failed)


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a transaction; `label` names it in `ConditionFailed`."""

    kind: Literal["Put", "Update", "ConditionCheck"]
    table: str
    key: Key
    label: str
    item: Item | None = None
    update: str | None = None
    condition: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        """Return the action as TransactWriteItems takes it."""
        body: dict[str, Any] = {"TableName": self.table}
        if self.kind == "Put":
            body["Item"] = to_wire({"pk": self.key.pk, "sk": self.key.sk, **(self.item or {})})
        else:
            body["Key"] = wire_key(self.key)
        if self.update:
            body["UpdateExpression"] = self.update
        if self.condition:
            body["ConditionExpression"] = self.condition
            body["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if self.names:
            body["ExpressionAttributeNames"] = dict(self.names)
        if self.values:
            body["ExpressionAttributeValues"] = to_wire(self.values)
        return {self.kind: body}


def client(read_seconds: int = 2) -> DynamoDBClient:
    """Return a client whose calls end: 1 s to connect, 2 s to answer, one retry by botocore.

    What is worth a longer wait is retried above, where the caller's deadline is known.
    """
    config = Config(
        connect_timeout=1,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=20,
    )
    return boto3.client("dynamodb", config=config)


def get(dynamodb: DynamoDBClient, table: str, key: Key) -> Item | None:
    """Read one item, strongly consistent; None when it is not there."""
    with translated():
        found = dynamodb.get_item(TableName=table, Key=wire_key(key), ConsistentRead=True)
    return from_wire(found["Item"]) if "Item" in found else None


def get_many(dynamodb: DynamoDBClient, table: str, keys: Iterable[Key]) -> dict[Key, Item]:
    """Read many items, strongly consistent, 100 a call; what is not there is left out.

    Keys that DynamoDB leaves unprocessed are asked for again, `Contended` after five rounds.
    """
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Item] = {}
    rounds = 0
    while wanted:
        batch, wanted = wanted[:BATCH_GET], wanted[BATCH_GET:]
        request: Any = {table: {"Keys": [wire_key(k) for k in batch], "ConsistentRead": True}}
        with translated():
            answer = dynamodb.batch_get_item(RequestItems=request)
        for raw in answer["Responses"].get(table, []):
            item = from_wire(raw)
            found[Key(item["pk"], item["sk"])] = item
        unprocessed: Any = answer.get("UnprocessedKeys", {})
        left = unprocessed.get(table, {}).get("Keys", [])
        if left:
            rounds += 1
            if rounds > 5:  # noqa: PLR2004 - said in the docstring
                raise Contended
            wanted += [Key(k["pk"]["S"], k["sk"]["S"]) for k in left]
    return found


def query(dynamodb: DynamoDBClient, table: str, partition: str, prefix: str = "") -> Iterator[Item]:
    """Yield the items of a partition whose sort key starts with `prefix`, in order, consistent."""
    for raw in query_wire(dynamodb, table, partition, prefix):
        yield from_wire(raw)


def query_wire(
    dynamodb: DynamoDBClient, table: str, partition: str, prefix: str = ""
) -> Iterator[dict[str, Any]]:
    """Yield the same items as DynamoDB's own JSON has them (`{"pk": {"S": …}}`)."""
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)" if prefix else "pk = :pk",
        "ExpressionAttributeValues": to_wire(
            {":pk": partition} | ({":sk": prefix} if prefix else {})
        ),
        "ConsistentRead": True,
    }
    while True:
        with translated():
            answer = dynamodb.query(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def page(
    dynamodb: DynamoDBClient, table: str, partition: str, after: str | None, limit: int
) -> list[Item]:
    """Return up to `limit` items of a partition after a sort key, in order, consistent."""
    beyond = "" if after is None else " AND sk > :after"
    with translated():
        answer = dynamodb.query(
            TableName=table,
            KeyConditionExpression=f"pk = :pk{beyond}",
            ExpressionAttributeValues=to_wire({":pk": partition, ":after": after}),
            Limit=limit,
            ConsistentRead=True,
        )
    return [from_wire(raw) for raw in answer["Items"]]


def between(
    dynamodb: DynamoDBClient, table: str, partition: str, ends: tuple[str, str], limit: int
) -> list[Item]:
    """Return up to `limit` items whose sort key is between two others, in order, consistent.

    Both ends count; nothing is between them when the first is the greater one.
    """
    low, high = ends
    if low > high:  # DynamoDB refuses such a range
        return []
    with translated():
        answer = dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues=to_wire({":pk": partition, ":low": low, ":high": high}),
            Limit=limit,
            ConsistentRead=True,
        )
    return [from_wire(raw) for raw in answer["Items"]]


def transact(dynamodb: DynamoDBClient, actions: Iterable[Action], token: str | None = None) -> None:
    """Write all of the actions or none of them (at most 100, each on its own item).

    `token` (at most 36 characters) makes a repeat with the same actions harmless for ten minutes.
    Raises `ConditionFailed` when a condition did not hold, `Contended` when it may yet succeed.
    """
    listed = list(actions)
    request: dict[str, Any] = {"TransactItems": [a.wire() for a in listed]}
    if token is not None:
        request["ClientRequestToken"] = token
    try:
        with translated():
            dynamodb.transact_write_items(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        reasons: list[Any] = error.response.get("CancellationReasons", [])
        failed = {
            action.label: from_wire(reason["Item"]) if reason.get("Item") else None
            for action, reason in zip(listed, reasons, strict=False)
            if reason.get("Code") == "ConditionalCheckFailed"
        }
        if failed:
            raise ConditionFailed(failed) from error
        if {r.get("Code") for r in reasons} <= _PASSING:
            raise Contended from error
        raise


def write(dynamodb: DynamoDBClient, action: Action) -> None:
    """Make one put or update by itself; botocore's own error when its condition does not hold."""
    (body,) = action.wire().values()
    with translated():
        if action.kind == "Put":
            dynamodb.put_item(**body)
        else:
            dynamodb.update_item(**body)


@contextmanager
def translated() -> Iterator[None]:
    """Turn throttling and lost connections into `Contended`."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _THROTTLED:
            raise Contended from error
        raise
    except (BotoConnectionError, HTTPClientError) as error:
        raise Contended from error


def wire_key(key: Key) -> dict[str, Any]:
    """Return a key as DynamoDB's API takes it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values as DynamoDB's API takes them; None is left out."""
    return {k: _serialize(v) for k, v in item.items() if v is not None}


def from_wire(item: Mapping[str, Any]) -> Item:
    """Return an item as plain values; whole numbers as int, binary as bytes."""
    return {k: _plain(_deserialize(v)) for k, v in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return bytes(value) if hasattr(value, "value") else value
