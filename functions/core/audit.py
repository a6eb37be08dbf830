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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.access.principal import Principal

SWEEPER = "system/sweeper"
"""Who does what the sweeper does: no caller's doing."""

OPERATOR = "operator"
"""Who does what is done past the doors, by a function that only AWS rights lead to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: `at` in epoch ms, `fields` from names to their HMAC or ""."""

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
        )


def fingerprint(key: bytes, name: str, value: str) -> str:
    """Return the HMAC-SHA256 of one field under a person's key, in hex."""
    return hmac.new(key, f"{name}={value}".encode(), hashlib.sha256).hexdigest()
