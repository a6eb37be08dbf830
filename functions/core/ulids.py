"""New identifiers: lower-case ULIDs, since HubSpot may fold the case of a unique value."""

from __future__ import annotations

from ulid import ULID


class Ulids:
    """`core.ids.Ids` from the system's clock and randomness."""

    def new(self) -> str:
        """Return a new ULID in lower case."""
        return str(ULID()).lower()
