"""Entries by what they are about, who made them, or when: `countersign audit search`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from countersign.auditing.span import LATEST, Span, millis
from countersign.auditing.table import ENTRY, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from countersign.auditing.table import AuditTable, Item

_BATCH = 100
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_DIGITS = 10
_INTERNAL = frozenset({"pk", "sk", "of_resource", "of_principal"})
_plain = TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, in one tenant. `resource` or `principal` is found by an index."""

    tenant: str
    resource: str | None = None
    principal: str | None = None
    action: str | None = None
    span: Span | None = None

    def entries(self, table: AuditTable) -> Iterator[dict[str, Any]]:
        """Yield the entries, oldest first, as a person reads them."""
        for item in self._found(table):
            entry = shown(item)
            if self._matches(entry):
                yield entry

    def _found(self, table: AuditTable) -> Iterator[Item]:
        for index in ("resource", "principal"):
            name = getattr(self, index)
            if name is not None:
                return _by_index(table, index, f"{self.tenant}#{name}", self.span)
        if self.span is None:
            raise ValueError("a search names resource, principal or span")
        minutes = self.span.minutes()
        return table.partitions(f"{self.tenant}#{ENTRY}#{minute}" for minute in minutes)

    def _matches(self, entry: Mapping[str, Any]) -> bool:
        wanted = {
            "resource": self.resource,
            "principal": self.principal,
            "action": self.action,
        }
        if any(value not in {None, entry.get(name)} for name, value in wanted.items()):
            return False
        return self.span is None or self.span.holds(str(entry["minute"]))


def shown(item: Item) -> dict[str, Any]:
    """Return an entry as a person reads it, with the minute and the id of its key."""
    place = place_of(item)
    found: dict[str, Any] = {"tenant": place.tenant, "minute": place.name, "id": place.sort}
    for name, value in item.items():
        if name not in _INTERNAL:
            found[name] = _moment(value) if name == "at" else _plain(value)
    return found


def _moment(value: Mapping[str, Any]) -> str:
    moment = datetime.fromtimestamp(int(value["N"]) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _by_index(table: AuditTable, index: str, value: str, span: Span | None) -> Iterator[Item]:
    """Yield what an index finds, by id, each entry as the table has it now."""
    request: dict[str, Any] = {
        "TableName": table.name,
        "IndexName": index,
        "KeyConditionExpression": f"of_{index} = :of",
        "ExpressionAttributeValues": {":of": {"S": value}},
    }
    if span is not None:  # ids begin with their time: a day to spare for clocks that differ
        request["KeyConditionExpression"] += " AND sk BETWEEN :low AND :high"
        request["ExpressionAttributeValues"] |= {
            ":low": {"S": _first_id(span.start - LATEST)},
            ":high": {"S": _first_id(span.end + LATEST)},
        }
    pages = table.dynamodb.get_paginator("query").paginate(**request)
    found = ({"pk": item["pk"], "sk": item["sk"]} for page in pages for item in page["Items"])
    while keys := list(islice(found, _BATCH)):
        items = {(i["pk"]["S"], i["sk"]["S"]): i for i in table.get(keys)}
        yield from (items[place] for key in keys if (place := _place(key)) in items)


def _place(key: Item) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _first_id(moment: datetime) -> str:
    """Return what ids of that moment begin with (ULID: ten digits of milliseconds)."""
    number = max(millis(moment), 0)
    digits = [_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(_TIME_DIGITS))]
    return "".join(digits)
