"""What a verification found, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is wrong."""

    EDITED = "edited"
    REMOVED = "removed"
    MOVED = "moved"
    UNSEALED = "unsealed"
    SEALED_TWICE = "sealed_twice"
    FOREIGN = "foreign"
    FORK = "fork"
    BLOCK_MISSING = "block_missing"
    BLOCK_MALFORMED = "block_malformed"
    BLOCK_UNLOCKED = "block_unlocked"
    LINK_BROKEN = "link_broken"
    OUT_OF_ORDER = "out_of_order"
    HEADER_CHANGED = "header_changed"
    HEADER_REMOVED = "header_removed"
    HEADER_INVENTED = "header_invented"
    HEAD_WRONG = "head_wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed.

    `minute` (`YYYYmmddHHMM` in UTC) and `entry` name an entry, `block` the height of a block.
    """

    kind: Kind
    tenant: str
    detail: str
    minute: str | None = None
    entry: str | None = None
    block: int | None = None

    def shown(self) -> dict[str, Any]:
        """Return what there is to say, for JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None}
