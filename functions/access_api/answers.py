"""What the routes of API keys answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.apikey import KeyName
from core.access.keys import status
from core.clock import rfc3339
from core.web.body import Body

if TYPE_CHECKING:
    from core.keyring.ports import KnownKey


class KeyOut(Body):
    """An API key, without what would let anybody in.

    `prefix` is how its text begins, `created_by` its maker's proofs. `last_used_at` is rounded down
    to the hour. `rotated_to` is the key that took its place.
    """

    id: str
    prefix: str
    name: str
    status: str
    scopes: tuple[str, ...]
    vends: tuple[str, ...]
    networks: tuple[str, ...]
    created_at: str
    created_by: tuple[str, ...]
    expires_at: str | None = None
    last_used_at: str | None = None
    revoked_at: str | None = None
    rotated_to: str | None = None


class NewKeyOut(KeyOut):
    """A key just made: `key` is its text, in this answer only."""

    key: str


class KeysOut(Body):
    """A page of keys by id, that is by their time of making; `cursor` is missing at the end."""

    keys: tuple[KeyOut, ...]
    cursor: str | None = None


def key(of: KnownKey, now: int) -> KeyOut:
    """Show a key."""
    it = of.key
    return KeyOut(
        id=it.id,
        prefix=KeyName(it.tenant, it.id).shown,
        name=it.name,
        status=str(status(it, of.cuts, now)),
        scopes=tuple(sorted(it.scopes)),
        vends=tuple(sorted(it.vends)),
        networks=it.networks,
        created_at=rfc3339(it.created_at),
        created_by=tuple(it.created_by.split()),
        expires_at=_moment(it.expires_at),
        last_used_at=_moment(of.last_used_at),
        revoked_at=_moment(it.revoked_at),
        rotated_to=it.rotated_to or None,
    )


def new_key(of: KnownKey, text: str, now: int) -> NewKeyOut:
    """Show a key with its text, once."""
    return NewKeyOut(key=text, **key(of, now).model_dump())


def _moment(millis: int | None) -> str | None:
    return None if millis is None else rfc3339(millis)
