"""How long a record is left alone after a push whose outcome is unknown or that had to fail."""

from __future__ import annotations

LONGEST_CALL_MS = 20_000
"""No call of ours is still on its way to HubSpot after this: both time-outs, rounded up.

`functions/hubspot_sync/settings.py` sets the time-outs and a test holds them below it.
"""

FIRST_MS = 30_000
CEILING_MS = 15 * 60_000


def rest(attempts: int, retry_after: float | None = None) -> int:
    """Return how many ms a record rests after its `attempts`-th failed push (from 1).

    Doubling from 30 s, at most a quarter of an hour, and never less than HubSpot asks for or than a
    call can last: HubSpot has no conditional write, so an old call must not meet a new one.
    """
    doubled = FIRST_MS << min(attempts - 1, 10)
    asked = int((retry_after or 0) * 1000)
    return max(min(doubled, CEILING_MS), asked, LONGEST_CALL_MS)
