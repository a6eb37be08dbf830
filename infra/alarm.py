"""What an alarm is: which figure it watches, when it goes off, what it means, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTE, FIVE_MINUTES, DAY = 60, 300, 86_400


class Of(StrEnum):
    """What an alarm exists once for."""

    TENANT = "tenant"
    DEPLOYMENT = "deployment"
    FUNCTION = "function"
    QUEUE = "queue"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm; it goes off at or above the threshold, in `periods` periods (seconds) in a row.

    `service` is the function whose own figure it watches, "" for a figure of AWS's; `dimensions`
    are that figure's others. Without data it stays quiet, unless `silence_alarms`.
    """

    name: str
    of: Of
    meaning: str
    act: str
    threshold: float
    statistic: str = "Sum"
    period: int = FIVE_MINUTES
    periods: int = 1
    service: str = ""
    metric: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    silence_alarms: bool = False

    @property
    def watched(self) -> str:
        """The name of the figure that it watches."""
        return self.metric or self.name

    @property
    def description(self) -> str:
        """What the notification says."""
        return f"{self.meaning}. docs/alarms.md#{self.name.lower()}"
