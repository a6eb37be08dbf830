"""The app's live client secrets: the current one and, during a rotation, the previous."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.clock import Clock

REMEMBERED_MS = 60_000


class LiveSecrets:
    """Reads `{"current": "…", "previous": null}` from Secrets Manager, at most once a minute.

    Calls with a bad signature read nothing more: a flood of them costs no calls.
    """

    def __init__(self, read_secret: Callable[[str], str], arn: str, clock: Clock) -> None:
        """Keep the parts."""
        self._read_secret = read_secret
        self._arn = arn
        self._clock = clock
        self._read_at: int | None = None
        self._live: tuple[str, ...] = ()

    def live(self) -> tuple[str, ...]:
        """Return the live secrets; `Misconfigured` when the secret holds none."""
        now = self._clock.now()
        if self._read_at is None or now - self._read_at >= REMEMBERED_MS:
            self._live = self._fresh()
            self._read_at = now
        return self._live

    def _fresh(self) -> tuple[str, ...]:
        try:
            held = json.loads(self._read_secret(self._arn))
            live = tuple(str(s) for s in (held["current"], held.get("previous")) if s)
        except (ValueError, KeyError, TypeError, AttributeError):
            live = ()
        if not live:
            raise Misconfigured(
                "webhook_secret",
                "The service is not set up.",
                internal=f'the secret {self._arn} is not JSON like {{"current": "…"}}',
            )
        return live
