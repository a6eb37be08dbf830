"""The service's clock: this machine's, put right from the `Date` of a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SUSPECT = timedelta(minutes=4)
"""AWS allows a signature five minutes; a clock this far off is the likely cause of a 403."""


class ServiceClock:
    """Tells the time to sign with."""

    def __init__(self) -> None:
        """Believe this machine until told better."""
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the service's time, in UTC."""
        return datetime.now(UTC) + self._ahead

    def correct_from(self, date: str | None, signed_at: datetime) -> bool:
        """Take over a refusal's `Date` when the time that was signed is suspect; whether it was.

        The header decides, not the answer's words: a gateway need not say why it refuses. Threads
        may share this clock, so it is the request's own time that counts: another one may have put
        the clock right since.
        """
        theirs = read_date(date)
        if theirs is None or abs(theirs - signed_at) < SUSPECT:
            return False
        self._ahead = theirs - datetime.now(UTC)
        return True


def read_date(date: str | None) -> datetime | None:
    """Return the moment of a `Date` header (RFC 9110), None when there is none to read."""
    try:
        found = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
