"""What an audit entry says: who did what to what, when, from where; never a value.

Changed fields are named. A person's fields also carry an HMAC of the new value under a key of that
person alone, so that a claim about a value can be checked while the key lives, and destroying the
key at erasure leaves a record that still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.access.principal import Principal
    from core.clock import Clock
    from core.ids import Ids

SWEEPER = "system/sweeper"
"""Who does what the sweeper does: no caller's doing."""

OPERATOR = "operator"
"""Who does what is done past the doors, by a function that only AWS rights lead to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: `at` in epoch ms, `fields` from names to their HMAC or "".

    `proofs` are the ids of all that the caller came with, the first of them the principal's own.
    """

    id: str
    at: int
    tenant: str
    principal: str
    door: str
    action: str
    resource: str
    correlation_id: str
    source_ip: str = ""
    result: str = "done"
    fields: Mapping[str, str] = field(default_factory=dict)
    proofs: tuple[str, ...] = ()

    @property
    def minute(self) -> str:
        """The minute in which the entry was made, `YYYYmmddHHMM` in UTC: what the sealer closes."""
        return datetime.fromtimestamp(self.at / 1000, UTC).strftime("%Y%m%d%H%M")


@dataclass(frozen=True, slots=True)
class Act:
    """A call in progress: who makes it and how the record will name it."""

    principal: Principal
    correlation_id: str

    def entry(
        self,
        entry_id: str,
        at: int,
        action: str,
        resource: str,
        *,
        fields: Mapping[str, str] | None = None,
        result: str = "done",
    ) -> Entry:
        """Return the entry for an action on a resource (`order/01…`)."""
        who = self.principal
        return Entry(
            id=entry_id,
            at=at,
            tenant=who.tenant,
            principal=who.id,
            door=str(who.door),
            action=action,
            resource=resource,
            correlation_id=self.correlation_id,
            source_ip=who.source_ip,
            result=result,
            fields=fields or {},
            proofs=who.proofs,
        )


class Record(Protocol):
    """Where entries go that belong to no change: `core.store.audit.StoredRecord`."""

    def put(self, entry: Entry) -> None:
        """Write an entry; `Unavailable` when it may not have been written."""
        ...


@dataclass(frozen=True, slots=True)
class Journal:
    """Writes down calls that change nothing and are told of all the same: see `core.web.app`."""

    record: Record
    clock: Clock
    ids: Ids

    def note(self, act: Act, action: str, resource: str, result: str) -> None:
        """Write that a call was denied, or was answered; `Unavailable` when that cannot be."""
        entry = act.entry(self.ids.new(), self.clock.now(), action, resource, result=result)
        self.record.put(entry)


def fingerprint(key: bytes, name: str, value: str) -> str:
    """Return the HMAC-SHA256 of one field under a person's key, in hex."""
    return hmac.new(key, f"{name}={value}".encode(), hashlib.sha256).hexdigest()
