"""What is said twice a day of a tenant's API keys: the oldest one, and those that nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.keyring.ports import KnownKey

DAY_MS = 86_400_000
UNUSED_AFTER_DAYS = 30


@dataclass(frozen=True, slots=True)
class KeyAges:
    """The age of the oldest key that still opens something, in days, and the ids never used."""

    oldest_days: int
    never_used: tuple[str, ...]


def ages(keys: Iterable[KnownKey], now: int) -> KeyAges:
    """Look at a tenant's keys; revoked and expired ones open nothing and do not count."""
    live = [known for known in keys if known.key.usable(now, known.cuts)]
    days = {known.key.id: (now - known.key.created_at) // DAY_MS for known in live}
    unused = [k.key.id for k in live if k.last_used_at is None]
    return KeyAges(
        max(days.values(), default=0),
        tuple(sorted(i for i in unused if days[i] >= UNUSED_AFTER_DAYS)),
    )
