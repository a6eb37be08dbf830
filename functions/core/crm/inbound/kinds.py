"""What inbound does with the records of one of HubSpot's types, as all types share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.crm.inbound.cases import Case, Result
    from core.crm.outcomes import Result as Shown
    from core.crm.properties import ObjectType
    from core.crm.seeing import Difference


class Kind(Protocol):
    """A type of record."""

    @property
    def type(self) -> ObjectType:
        """HubSpot's type."""
        ...

    def cases(self, found: Mapping[str, Shown | None]) -> dict[str, Case]:
        """Return those records that are ours, by the id that was asked for.

        None stands for a record that is gone for good. Ours are read here, after HubSpot's.
        """
        ...

    def settle(self, case: Case, differences: Sequence[Difference]) -> Result:
        """Bring both sides in step; `Superseded` when the record is changing this moment."""
        ...

    def deleted(self, case: Case) -> Result:
        """Note that somebody deleted the record in HubSpot."""
        ...
