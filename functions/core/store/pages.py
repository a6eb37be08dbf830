"""Pages of a sharded listing: the shards are read one by one and merged in the sort order."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from core.store import table
from core.store.keys import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


class Listed(NamedTuple):
    """What an index says of an item: where it stands in the listing, and its key."""

    by: str
    key: Key


class Index(NamedTuple):
    """A listing index: its name, partition and sort attributes."""

    name: str
    of: str
    by: str


LISTING = Index("listing", "list_of", "list_by")
STATES = Index("states", "state_of", "state_by")


def page(
    dynamodb: DynamoDBClient,
    core_table: str,
    index: Index,
    partitions: Iterable[str],
    *,
    after: str | None,
    limit: int,
    newest_first: bool = False,
) -> tuple[tuple[Listed, ...], str | None]:
    """Return up to `limit` items after a position, and the position to go on from, None at the end.

    Eventually consistent: what was written a moment ago may not be listed yet. Each shard is asked
    for no more than one page, so that a listing costs what it shows.
    """
    shards = [
        _shard(dynamodb, core_table, index, p, after, limit + 1, newest_first=newest_first)
        for p in partitions
    ]
    merged = heapq.merge(*shards, key=lambda listed: listed.by, reverse=newest_first)
    found = tuple(islice(merged, limit + 1))
    return found[:limit], found[limit - 1].by if len(found) > limit else None


def _shard(
    dynamodb: DynamoDBClient,
    core_table: str,
    index: Index,
    partition: str,
    after: str | None,
    limit: int,
    *,
    newest_first: bool,
) -> Iterator[Listed]:
    beyond = "" if after is None else f" AND #by {'<' if newest_first else '>'} :after"
    request: dict[str, Any] = {
        "TableName": core_table,
        "IndexName": index.name,
        "KeyConditionExpression": f"#of = :of{beyond}",
        "ExpressionAttributeNames": {"#of": index.of} | ({"#by": index.by} if beyond else {}),
        "ExpressionAttributeValues": table.to_wire({":of": partition, ":after": after}),
        "Limit": limit,
        "ScanIndexForward": not newest_first,
    }
    with table.translated():
        answer = dynamodb.query(**request)
    for raw in answer["Items"]:
        item = table.from_wire(raw)
        yield Listed(item[index.by], Key(item["pk"], item["sk"]))
