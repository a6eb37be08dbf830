"""Credentials from `POST /v1/credentials`: short-lived, renewed before they end."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.credentials import ReadOnlyCredentials

from countersign.flavours.clock import read_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from countersign.answer import Answer

MARGIN = 60.0
"""Seconds before their end at which credentials are no longer used."""


class Vended:
    """A source of AWS credentials that asks `vend` for new ones shortly before the old ones end.

    One call serves all threads that wait. How long they last is told by the answer alone, from its
    `Date` to its `expires_at`, so that a wrong clock here neither keeps dead ones nor asks anew at
    each call.
    """

    def __init__(self, vend: Callable[[], Answer]) -> None:
        """Ask nothing yet; `vend` makes the call and returns its 201."""
        self._vend = vend
        self._lock = threading.Lock()
        self._held: ReadOnlyCredentials | None = None
        self._good_until = 0.0

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return what signs now; raise what the call raises when there is nothing that does."""
        with self._lock:
            if self._held is None or time.monotonic() >= self._good_until:
                self._held, self._good_until = self._renewed()
            return self._held

    def forget(self) -> None:
        """Ask anew at the next call, whatever is held."""
        with self._lock:
            self._held = None

    def _renewed(self) -> tuple[ReadOnlyCredentials, float]:
        asked = time.monotonic()  # the answer's way here counts against what it brings
        answer = self._vend()
        body = answer.body
        lasting = (_moment(body["expires_at"]) - _date(answer)).total_seconds()
        made = ReadOnlyCredentials(
            body["access_key_id"], body["secret_access_key"], body["session_token"]
        )
        return made, asked + max(lasting - MARGIN, lasting / 2)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _date(answer: Answer) -> datetime:
    return read_date(answer.headers.get("Date")) or datetime.now(UTC)
