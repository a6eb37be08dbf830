"""The life of API keys in DynamoDB: each change in one transaction with its audit entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.credential import CredentialKind, Cuts
from core.access.incident import covering
from core.contention import Superseded
from core.keyring.ports import KnownKey, MakerEnded
from core.store import credentials, keys, table
from core.store.access import credential_of
from core.store.audit import put_entry
from core.store.cuts import find_cuts
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.credential import Credential
    from core.access.incident import Place
    from core.audit import Entry
    from core.keyring.ports import Maker

_FIRST, _LAST = "0", "~"
"""Sort before and after every character of an id, or beside it."""


class StoredKeyring:
    """`core.keyring.ports.KeyStore` and `BootstrapStore` over DynamoDB."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str, audit_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._access = access_table
        self._audit = audit_table

    def find(self, tenant: str, key_id: str) -> KnownKey | None:
        """Return a key, None when the tenant has none of that id."""
        return next(iter(self._known(tenant, [key_id])), None)

    def page(
        self, tenant: str, prefix: str, after: str | None, limit: int
    ) -> tuple[tuple[KnownKey, ...], str | None]:
        """Return keys whose id starts with `prefix`, by id, and the position to go on from."""
        low = max(prefix, _FIRST if after is None else after + _FIRST)
        items = table.between(
            self._dynamodb,
            self._access,
            keys.listed_credentials(tenant),
            (low, prefix + _LAST),
            limit + 1,
        )
        ids = [item["id"] for item in items]
        position = ids[limit - 1] if len(ids) > limit else None
        return self._known(tenant, ids[:limit]), position

    def cuts(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Return from when on what is issued counts, at each place (0: always)."""
        return find_cuts(self._dynamodb, self._access, places)

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant exists and is not switched off."""
        item = table.get(self._dynamodb, self._access, keys.tenant(tenant))
        return item is not None and item["status"] == "active"

    def make(self, key: Credential, entry: Entry, maker: Maker) -> None:
        """Write a new key with its audit entry, or nothing."""
        checks = credentials.still_there(self._access, key.tenant, maker, entry.at)
        self._write([*credentials.put_key(self._access, key), *checks], entry)

    def rotate(
        self, before: Credential, old: Credential, new: Credential, entry: Entry, maker: Maker
    ) -> None:
        """Write a key's successor and its own end, or nothing."""
        checks = credentials.still_there(self._access, old.tenant, maker, entry.at, but=old.id)
        end = credentials.end_by_rotation(self._access, before, old)
        self._write([*credentials.put_key(self._access, new), end, *checks], entry)

    def revoke(self, key: Credential, entry: Entry) -> None:
        """Write that a key is revoked, or nothing."""
        self._write([credentials.end_by_revocation(self._access, key)], entry)

    def first(self, key: Credential, entry: Entry, *, after: int, by: str) -> bool:
        """Write a tenant's first key with mark and audit entry; False when there was one."""
        mark = Action(
            "Put",
            self._access,
            keys.bootstrap(key.tenant),
            "mark",
            {"at": key.created_at, "id": key.id, "by": by},
            condition="attribute_not_exists(pk) OR #at < :after",
            names={"#at": "at"},
            values={":after": after},
        )
        try:
            self._write([mark, *credentials.put_key(self._access, key)], entry)
        except Superseded:
            return False
        return True

    def _write(self, actions: list[Action], entry: Entry) -> None:
        """Write; the entry's id is the request's token, so that a lost reply changes nothing."""
        whole = [*actions, put_entry(self._audit, entry)]
        try:
            table.transact(self._dynamodb, whole, entry.id)
        except ConditionFailed as failed:
            if any(label.startswith("maker:") for label in failed.failed):
                raise MakerEnded from failed
            raise Superseded from failed

    def _known(self, tenant: str, ids: Iterable[str]) -> tuple[KnownKey, ...]:
        """Return the keys of these ids with their cuts and last use, read together."""
        listed = list(ids)
        principals = {key_id: f"key/{key_id}" for key_id in listed}
        places = [place for p in principals.values() for place in covering(tenant, p)]
        homes = {key_id: keys.credential(tenant, key_id) for key_id in listed}
        uses = {key_id: keys.used(tenant, key_id) for key_id in listed}
        found = table.get_many(self._dynamodb, self._access, [*homes.values(), *uses.values()])
        cuts = self.cuts(places)
        shown = []
        for key_id in listed:
            item = found.get(homes[key_id])
            if item is None or item["kind"] != CredentialKind.API_KEY:
                continue
            of_key = Cuts(*(cuts[place] for place in covering(tenant, principals[key_id])))
            used_at = found.get(uses[key_id], {}).get("at")
            shown.append(KnownKey(credential_of(item), of_key, used_at))
        return tuple(shown)
