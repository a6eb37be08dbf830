"""What reconcile needs of the store: our side listed, its own runs, and repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.crm.properties import ObjectType
    from core.reconcile.findings import Repair
    from core.reconcile.run import Mode, Run


class Entry(NamedTuple):
    """A record of ours in a listing: its name (SKU or id), and the position after it."""

    name: str
    position: str


class Known(NamedTuple):
    """What we know of a record that HubSpot says is ours.

    `key` is our unique id of it, `hubspot_id` where we think it stands, None when nowhere.
    """

    key: str
    hubspot_id: str | None


class Catalogue(Protocol):
    """One tenant's records, listed and looked up."""

    def page(
        self, kind: ObjectType, position: str, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        """Return up to `limit` records after a position, and the next one, None at the end."""
        ...

    def known(self, kind: ObjectType, names: Iterable[str]) -> dict[str, Known]:
        """Return the records that exist, by name: SKU of a product, else our unique id."""
        ...

    def waits(self, order_id: str) -> bool:
        """Return whether HubSpot refuses the order's association with its contact."""
        ...


class Runs(Protocol):
    """One tenant's runs."""

    def current(self) -> Run | None:
        """Return the run that was begun last, finished or not."""
        ...

    def last(self, mode: Mode) -> Run | None:
        """Return the last finished run of a mode."""
        ...

    def begin(self, run: Run, before: Run | None) -> bool:
        """Begin a run in the place of the one before; False when another was begun meanwhile."""
        ...

    def move(self, run: Run) -> bool:
        """Write down how far a run is; False when somebody else moved or replaced it.

        A finished run is also kept as the last of its mode.
        """
        ...


class Mending(Protocol):
    """Carries out repairs. Each may be repeated; none touches what has changed since."""

    def mend(self, repairs: Iterable[Repair]) -> None:
        """Carry out repairs."""
        ...
