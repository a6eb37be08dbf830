"""The keys of each issuer, remembered: fresh for minutes, stale for an hour if they must be.

    age of the keys   0        FRESH              STALE
    a known kid       │ used    │ fetched anew; used all the same if that fails │ unavailable
    an unknown kid    │ fetched anew, at most once in COOL_DOWN

A flood of made-up kids therefore costs the issuer one request in half a minute, and an issuer that
is away costs us nothing for an hour.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.access.jwk import Jwk, key_set
from core.access.token import KeysUnavailable, TokenRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.access.issuer import Issuer
    from core.clock import Clock

FRESH_MS = 300_000
STALE_MS = 3_600_000
COOL_DOWN_MS = 30_000
"""Between two requests for keys that answered: however many unknown kids come."""

RETRY_MS = 10_000
"""Between two requests for keys when the first one failed."""

WAIT_SECONDS = 5.0
"""For another thread's request to the same issuer."""

_MOST_ISSUERS = 100


@dataclass(slots=True)
class _Held:
    """What is known of one issuer's keys; times are epoch ms, 0 for never."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: Mapping[str, Jwk] = field(default_factory=dict)
    fetched_at: int = 0
    asked_at: int = 0
    failure: str = ""


class IssuerKeys:
    """Finds keys by `kid`, each issuer's among its own only."""

    def __init__(self, fetch: Callable[[str], bytes], clock: Clock) -> None:
        """Keep the parts; `fetch` returns the body at a URL or raises `KeysUnavailable`."""
        self._fetch = fetch
        self._clock = clock
        self._held: dict[tuple[str, str], _Held] = {}
        self._lock = threading.Lock()

    def find(self, issuer: Issuer, key_id: str) -> Jwk:
        """Return the issuer's key of that name.

        `TokenRefused` when it has none, `KeysUnavailable` when that cannot be known. Threads that
        ask at the same time wait for one request.
        """
        held = self._of(issuer)
        if not held.lock.acquire(timeout=WAIT_SECONDS):
            raise KeysUnavailable(f"{issuer.jwks_url}: still being fetched")
        try:
            return self._find(held, issuer.jwks_url, key_id)
        finally:
            held.lock.release()

    def _find(self, held: _Held, url: str, key_id: str) -> Jwk:
        fresh = held.fetched_at and self._clock.now() - held.fetched_at < FRESH_MS
        if not fresh or key_id not in held.keys:
            self._refresh(held, url)
        if not held.fetched_at or self._clock.now() - held.fetched_at >= STALE_MS:
            raise KeysUnavailable(held.failure)
        if key_id in held.keys:
            return held.keys[key_id]
        if held.failure:
            raise KeysUnavailable(held.failure)  # it may be a new key that we could not fetch
        raise TokenRefused("kid_unknown")

    def _refresh(self, held: _Held, url: str) -> None:
        pause = RETRY_MS if held.failure else COOL_DOWN_MS
        now = self._clock.now()
        if held.asked_at and now - held.asked_at < pause:
            return
        held.asked_at = now
        try:
            held.keys = key_set(self._fetch(url))
        except KeysUnavailable as error:
            held.failure = error.internal
        except ValueError as error:
            held.failure = f"{url}: {error}"
        else:
            held.fetched_at, held.failure = now, ""

    def _of(self, issuer: Issuer) -> _Held:
        with self._lock:
            key = (issuer.id, issuer.jwks_url)
            if key not in self._held and len(self._held) >= _MOST_ISSUERS:
                self._held.clear()
            return self._held.setdefault(key, _Held())
