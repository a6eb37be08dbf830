"""The account itself: /account-info/{version}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twin.call import Answer, Call
from local.twin.clock import iso
from local.twin.limits import DAY, TIERS, Day

if TYPE_CHECKING:
    from local.twin.limits import Limiter


def details(call: Call) -> Answer:
    """Say which account the token opens."""
    return Answer(
        200,
        {
            "portalId": call.portal.id,
            "accountType": "DEVELOPER_TEST",
            "timeZone": "UTC",
            "companyCurrency": "GBP",
            "additionalCurrencies": [],
            "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def daily_usage(call: Call, limiter: Limiter) -> Answer:
    """Say how much of the day's calls the account's private apps have used."""
    now = call.portal.clock.now()
    usage = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": TIERS[call.portal.tier].day,
        "currentUsage": limiter.days.setdefault(call.portal.id, Day()).count(now),
        "collectedAt": iso(now),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(now - now % DAY + DAY),
    }
    return Answer(200, {"results": [usage]})
