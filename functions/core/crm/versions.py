"""How long HubSpot supports the API versions that Countersign speaks."""

from __future__ import annotations

from datetime import date

SUPPORTED_UNTIL: dict[str, date] = {
    "2026-09": date(2028, 3, 8),
    "2026-03": date(2027, 9, 30),
    "v3": date(2027, 3, 30),
}
"""The last day of each version.

A version with a date lives 18 months (HubSpot, "Versioning"). v3 itself goes in September 2027, but
the associations that are spoken beside it are v4, which goes on 30 March 2027 (HubSpot's changelog,
"Legacy APIs and legacy apps: what's going unsupported, and when").
"""

NOTICE_DAYS = 180
"""The end of a version is told this many days before."""
