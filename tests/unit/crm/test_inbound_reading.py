"""What an answer of HubSpot's says of records that it does not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from core.crm.inbound.reading import Reading
from core.crm.outcomes import Ok, Reason
from core.crm.properties import ObjectType

if TYPE_CHECKING:
    from core.crm.conveyor import Conveyor

MISSING = Reason("OBJECT_NOT_FOUND", "Could not get some objects", ids=("7",))
OTHERS = Reason("OBJECT_NOT_FOUND", "Could not get some objects", ids=("8",))


@dataclass
class Answering:
    """A conveyor whose every call is answered alike."""

    outcome: Ok

    def read(self, calls: Any, *, urgent: bool) -> list[tuple[Any, Ok]]:
        """Answer each call."""
        assert not urgent
        return [(call, self.outcome) for call in calls]


@pytest.mark.parametrize(("errors", "gone"), [((), False), ((OTHERS,), False), ((MISSING,), True)])
def test_silence_is_not_gone(errors: tuple[Reason, ...], *, gone: bool) -> None:
    """Guarantee: only a record that HubSpot says it has not is gone; else it is asked for again."""
    reading = Reading(cast("Conveyor", Answering(Ok((), errors))))
    shown = reading.all(ObjectType.ORDERS, ["7"])
    assert (shown.gone == {"7"}) is gone
    assert ("7" in shown.later) is not gone
