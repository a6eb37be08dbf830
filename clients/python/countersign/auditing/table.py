"""The audit table as it is now: whole, or the minutes of a span."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.config import Config

from countersign.auditing import merkle
from countersign.auditing.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
"""An item as DynamoDB's own JSON has it."""

ENTRY, HEADER, HEAD = "AUDIT", "BLOCKS", "CHAIN"
_THREADS = 16
_WINDOW = 512


class Place(NamedTuple):
    """What the key of an item says: whose, which kind (`tenant#KIND#name`), and where in it."""

    tenant: str
    kind: str
    name: str
    sort: str


@dataclass(frozen=True, slots=True)
class AuditTable:
    """A deployment's table, read strongly consistent."""

    dynamodb: DynamoDBClient
    name: str

    def everything(self) -> Iterator[Item]:
        """Yield every item of the table."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.name, ConsistentRead=True
        )
        for page in pages:
            yield from page["Items"]

    def partitions(self, keys: Iterable[str]) -> Iterator[Item]:
        """Yield the items of partitions, many at a time."""
        names = iter(keys)
        with ThreadPoolExecutor(_THREADS) as pool:
            while window := list(islice(names, _WINDOW)):
                for items in pool.map(self._partition, window):
                    yield from items

    def get(self, keys: Iterable[Item]) -> list[Item]:
        """Return the items of up to 100 keys that are there, in no order."""
        wanted: Any = {self.name: {"Keys": list(keys), "ConsistentRead": True}}
        found: list[Item] = []
        while wanted:
            answer = self.dynamodb.batch_get_item(RequestItems=wanted)
            found += answer["Responses"].get(self.name, [])
            wanted = answer.get("UnprocessedKeys")
        return found

    def _partition(self, key: str) -> list[Item]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": key}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]


def dynamodb_of(session: boto3.Session) -> DynamoDBClient:
    """Return a client that serves many threads, and waits when the table is throttled."""
    config = Config(
        max_pool_connections=_THREADS, retries={"mode": "adaptive", "total_max_attempts": 8}
    )
    return session.client("dynamodb", config=config)


def place_of(item: Item) -> Place:
    """Return what an item's key says."""
    tenant, _, rest = item["pk"]["S"].partition("#")
    kind, _, name = rest.partition("#")
    return Place(tenant, kind, name, item["sk"]["S"])


def digest(item: Item) -> str:
    """Return the hash of an entry's leaf."""
    return merkle.leaf(canonical(item)).hex()
