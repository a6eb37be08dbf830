"""Cuts in DynamoDB: where the registry looks them up, and in a list, each with its audit entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.incident import Cut, Place
from core.contention import Superseded
from core.store import keys, table
from core.store.audit import put_entry
from core.store.table import Action, ConditionFailed
from core.store.tenancy import all_tenants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.store.table import Item


class StoredCuts:
    """`core.keyring.ports.CutStore` over DynamoDB."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str, audit_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._access = access_table
        self._audit = audit_table

    def at(self, place: Place) -> Cut | None:
        """Return the cut at a place."""
        item = table.get(self._dynamodb, self._access, keys.cut(place.tenant, place.principal))
        return None if item is None else _cut(item)

    def listed(self, tenant: str) -> tuple[Cut, ...]:
        """Return a tenant's cuts, or the deployment's."""
        items = table.query(self._dynamodb, self._access, keys.cuts(tenant))
        return tuple(_cut(item) for item in items)

    def tenants(self) -> tuple[str, ...]:
        """Return the ids of all tenants that ever were, switched off or not."""
        return all_tenants(self._dynamodb, self._access)

    def save(self, before: Cut | None, after: Cut, entry: Entry) -> None:
        """Write a cut with its audit entry, or nothing."""
        place = after.place
        item = {
            "tenant": place.tenant,
            "principal": place.principal,
            "valid_from": after.valid_from,
            "reason": after.reason,
            "by": after.by,
            "changed_at": after.changed_at,
        }
        home = keys.cut(place.tenant, place.principal)
        line = keys.Key(keys.cuts(place.tenant), place.principal)
        actions = [
            self._put(home, "cut", item, before),
            self._put(line, "listed", item, before),
            put_entry(self._audit, entry),
        ]
        try:
            table.transact(self._dynamodb, actions, entry.id)
        except ConditionFailed as failed:
            raise Superseded from failed

    def _put(self, key: keys.Key, label: str, item: Item, before: Cut | None) -> Action:
        if before is None:
            return Action(
                "Put", self._access, key, label, item, condition="attribute_not_exists(pk)"
            )
        return Action(
            "Put",
            self._access,
            key,
            label,
            item,
            condition="valid_from = :seen AND changed_at = :changed",
            values={":seen": before.valid_from, ":changed": before.changed_at},
        )


def find_cuts(
    dynamodb: DynamoDBClient, access_table: str, places: Iterable[Place]
) -> Mapping[Place, int]:
    """Return from when on what is issued counts, at each place (0: always), read together."""
    homes = {place: keys.cut(place.tenant, place.principal) for place in places}
    found = table.get_many(dynamodb, access_table, homes.values())
    return {
        place: found[home]["valid_from"] if home in found else 0 for place, home in homes.items()
    }


def _cut(item: Item) -> Cut:
    return Cut(
        Place(item["tenant"], item["principal"]),
        item["valid_from"],
        item["reason"],
        item["by"],
        item["changed_at"],
    )
