"""Rules that an account's admin sets for values, and records that are refused whatever is sent.

HubSpot enforces admin validation rules on API writes from version 2026-09 on. How their refusals
read is not documented; ASSUMPTIONS.md has our guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType

CODE = "VALIDATION_RULE_VIOLATION"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a property of a type must match (`pattern`, whole value), or must not (`refuses`).

    A rule looks at what is written; with `whole`, at what the record would hold, so that no write
    to it is ever accepted. `versions`: where it is enforced; empty: everywhere.
    """

    type_id: str
    property: str
    pattern: str
    refuses: bool = False
    whole: bool = False
    versions: tuple[str, ...] = ("2026-09",)

    def breach(
        self, kind: ObjectType, version: str, written: dict[str, str], current: dict[str, str]
    ) -> dict[str, Any] | None:
        """Return what HubSpot would say of a write, or None."""
        if kind.type_id != self.type_id or (self.versions and version not in self.versions):
            return None
        value = (current | written if self.whole else written).get(self.property)
        if not value or bool(re.fullmatch(self.pattern, value)) != self.refuses:
            return None
        message = f"{value} does not meet a validation rule of property {self.property}"
        return {"message": message, "error": CODE, "name": self.property}
