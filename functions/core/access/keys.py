"""The rules of an API key's life: what may be asked for, what its maker may hand on, how it ends.

A key's life is bounded: 90 days unless its maker says otherwise, a year at most.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from core.access.credential import Credential
from core.access.scopes import SCOPES, VENDABLE
from core.errors import Conflict, FieldError, Forbidden, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.access.credential import Cuts
    from core.access.principal import Principal

DAY_MS = 24 * 3600 * 1000
DEFAULT_LIFE_MS = 90 * DAY_MS
MAX_LIFE_MS = 365 * DAY_MS
MAX_NAME = 64
MAX_NETWORKS = 20
MAX_OVERLAP_SECONDS = 7 * 24 * 3600


class KeyStatus(StrEnum):
    """Whether a key opens anything, and if not, why."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key as its maker wants it; `expires_at` in epoch ms, None for `DEFAULT_LIFE_MS`."""

    name: str
    scopes: tuple[str, ...]
    vends: tuple[str, ...] = ()
    expires_at: int | None = None
    networks: tuple[str, ...] = ()


def status(key: Credential, cuts: Cuts, now: int) -> KeyStatus:
    """Return whether a key opens anything."""
    if not key.active:
        return KeyStatus.REVOKED
    if key.created_at < cuts.newest:
        return KeyStatus.CUT
    return KeyStatus.ACTIVE if key.usable(now, cuts) else KeyStatus.EXPIRED


def refuse_malformed(draft: KeyDraft, now: int) -> None:
    """Raise `Unprocessable` that names every field which no key can have."""
    wrong = tuple(_wrong(draft, now))
    if wrong:
        raise Unprocessable("invalid_key", "No key can be made like this.", fields=wrong)


def refuse_beyond(maker: Principal, scopes: Iterable[str], vends: Iterable[str]) -> None:
    """Raise `Forbidden` when a key would hold, or let sessions hold, what its maker does not."""
    wrong = (
        *_not_held("scopes", scopes, maker.scopes),
        *_not_held("vends", vends, maker.gives),
    )
    if wrong:
        raise Forbidden(
            "scope_not_held",
            "A key can have nothing that its maker does not have.",
            internal=f"{maker.id} would hand on {', '.join(w.field for w in wrong)}",
            fields=wrong,
        )


def made(
    draft: KeyDraft, *, tenant: str, key_id: str, digest: str, by: str, now: int
) -> Credential:
    """Return the key of a draft."""
    return Credential(
        tenant=tenant,
        id=key_id,
        origin=key_id,
        name=draft.name,
        scopes=frozenset(draft.scopes),
        vends=frozenset(draft.vends),
        digest=digest,
        networks=tuple(draft.networks),
        created_at=now,
        created_by=by,
        expires_at=now + DEFAULT_LIFE_MS if draft.expires_at is None else draft.expires_at,
    )


def rotated(
    old: Credential, *, key_id: str, digest: str, by: str, now: int, overlap_seconds: int
) -> tuple[Credential, Credential]:
    """Return the old key, which ends after the overlap, and the one that takes its place.

    The new one may do the same from the same networks, lives as long as the old one was to, and is
    one origin with it: the two never make two layers.
    """
    life = DEFAULT_LIFE_MS if old.expires_at is None else old.expires_at - old.created_at
    new = replace(
        old,
        id=key_id,
        origin=old.origin or old.id,
        digest=digest,
        created_at=now,
        created_by=by,
        expires_at=now + life,
    )
    end = now + 1000 * overlap_seconds
    last = end if old.expires_at is None else min(end, old.expires_at)
    return replace(old, expires_at=last, rotated_to=key_id), new


def refuse_rotation(key: Credential, cuts: Cuts, now: int) -> None:
    """Raise `Conflict` for a key that was rotated before, or opens nothing any more."""
    if key.rotated_to:
        raise Conflict(
            "key_already_rotated",
            "The key was rotated before; rotate the one that took its place.",
            current={"rotated_to": key.rotated_to},
        )
    found = status(key, cuts, now)
    if found is not KeyStatus.ACTIVE:
        raise Conflict(
            "key_not_active", f"The key is {found} already.", current={"status": str(found)}
        )


def _wrong(draft: KeyDraft, now: int) -> Iterator[FieldError]:
    if not 0 < len(draft.name) <= MAX_NAME or not draft.name.isprintable():
        yield FieldError("name", "invalid_name", f"1 to {MAX_NAME} characters that can be shown.")
    if not draft.scopes:
        yield FieldError("scopes", "empty", "A key has at least one scope.")
    yield from _unknown("scopes", draft.scopes, SCOPES, "unknown_scope", "There is no such scope.")
    yield from _unknown("vends", draft.vends, VENDABLE, "not_vendable", "No session can hold this.")
    if draft.expires_at is not None and not now < draft.expires_at <= now + MAX_LIFE_MS:
        yield FieldError("expires_at", "out_of_range", "From now on, and at most 365 days.")
    if len(draft.networks) > MAX_NETWORKS:
        yield FieldError("networks", "too_many", f"At most {MAX_NETWORKS} networks.")
    for index, network in enumerate(draft.networks):
        if not _is_network(network):
            message = "A network in CIDR notation, without host bits, and not everywhere."
            yield FieldError(f"networks.{index}", "invalid_network", message)


def _is_network(text: str) -> bool:
    """Return whether this is a network as `ipaddress` writes it (`203.0.113.0/24`)."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return False
    return network.prefixlen > 0 and str(network) == text


def _unknown(
    field: str, given: Iterable[str], known: frozenset[str], code: str, message: str
) -> Iterator[FieldError]:
    for index, one in enumerate(given):
        if one not in known:
            yield FieldError(f"{field}.{index}", code, message)


def _not_held(field: str, given: Iterable[str], held: frozenset[str]) -> Iterator[FieldError]:
    for index, one in enumerate(given):
        if one not in held:
            yield FieldError(f"{field}.{index}", "not_held", f"{one}: You do not hold this.")
