"""What HubSpot's webhooks tell us: look at this record, and never what has become of it.

The queue between the door and inbound holds notices as `{"tenant", "type", "id"}`, with `event` for
the one thing that a look cannot show (a privacy deletion), `since` (epoch ms) when it was first
told, and `tries` for how often HubSpot could not be asked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from core.crm.properties import ObjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

ERASED = "privacyDeletion"


@dataclass(frozen=True, slots=True)
class Notice:
    """Look at this record of a tenant's portal; `id` is HubSpot's."""

    tenant: str
    type: ObjectType
    id: str
    event: str = ""
    since: int = 0
    tries: int = 0

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What it is about: notices that share it are one."""
        return (self.tenant, self.type, self.id, self.event)

    def body(self) -> str:
        """Return the notice as the queue holds it."""
        return json.dumps({k: v for k, v in asdict(self).items() if v})

    def again(self) -> Notice:
        """Return the notice to be looked at later."""
        return replace(self, tries=self.tries + 1)


def notice(body: str, sent_at: int) -> Notice:
    """Read a notice; ValueError for what is none. `sent_at` is when it entered the queue."""
    try:
        raw: dict[str, Any] = json.loads(body)
        return Notice(
            tenant=str(raw["tenant"]),
            type=ObjectType(raw["type"]),
            id=_id(raw["id"]),
            event=str(raw.get("event", "")),
            since=int(raw.get("since", sent_at)),
            tries=int(raw.get("tries", 0)),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a notice: {error!r}") from error


def distinct(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return one notice for each record and event, the oldest."""
    found: dict[tuple[str, str, str, str], Notice] = {}
    for one in notices:
        found.setdefault(one.identity, one)
    return tuple(found.values())


def _id(value: object) -> str:
    text = str(value)
    if not text.isdecimal() or not text.isascii():
        raise ValueError(f"HubSpot's ids are digits: {text[:40]!r}")
    return text
