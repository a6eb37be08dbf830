"""Waits until HubSpot shows the month: whenever its calls pause, everything is compared."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.demo.compare import Difference, differences
from local.demo.month.twin_seen import Shown, calls, see_portal

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.demo.compare import Records
    from local.demo.month.api_seen import Seen
    from local.hubspot import Portal

QUIET = 6.0
"""Seconds without a call after which it is worth looking."""

PATIENCE = 180.0
"""Seconds without a call after which nothing more is to come: three lingers of stock."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What HubSpot shows in the end, and what is wrong with it."""

    shown: Shown
    drift: list[Difference]


def settle(portal: Portal, seen: Seen, expected: Records, say: Callable[[str], None]) -> Settled:
    """Compare at every pause of the sync until nothing differs or nothing moves any more."""
    count, since = -1, time.monotonic()
    compared = -1
    settled: Settled | None = None
    while True:
        now, total = time.monotonic(), calls(portal.url).total
        if total != count:
            count, since = total, now
        if now - since > QUIET and compared != count:
            shown = see_portal(portal, seen)
            settled = Settled(shown, differences(expected, shown.records))
            compared = count
            say(f"  {count} calls, {len(settled.drift)} differences left")
            if not settled.drift:
                return settled
        if settled is not None and now - since > PATIENCE:
            return settled
        time.sleep(1)
