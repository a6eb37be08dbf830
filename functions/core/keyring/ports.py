"""What the life of keys and of incidents needs from a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from core.access.credential import Cuts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.access.credential import Credential
    from core.access.incident import Cut, Place
    from core.audit import Entry


class MakerEnded(Exception):
    """A key that its maker came with was revoked or has expired; nothing was written."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key and what else is known of it: its cuts, and the hour of its last use in epoch ms."""

    key: Credential
    cuts: Cuts = field(default_factory=Cuts)
    last_used_at: int | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """On whose right something is handed on: what must still stand when it is written.

    `credentials` are the ids of the keys that he came with, `cuts` what was seen at each place
    where a cut of his may stand (0: none).
    """

    credentials: tuple[str, ...]
    cuts: Mapping[Place, int]


class KeyStore(Protocol):
    """API keys of all tenants; every read is strongly consistent."""

    def find(self, tenant: str, key_id: str) -> KnownKey | None:
        """Return a key, None when the tenant has none of that id."""
        ...

    def page(
        self, tenant: str, prefix: str, after: str | None, limit: int
    ) -> tuple[tuple[KnownKey, ...], str | None]:
        """Return keys whose id starts with `prefix`, by id, and the position to go on from."""
        ...

    def cuts(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Return from when on what is issued counts, at each place (0: always)."""
        ...

    def make(self, key: Credential, entry: Entry, maker: Maker) -> None:
        """Write a new key with its audit entry, or nothing.

        `MakerEnded`; `Superseded` when a cut has come; `Contended`. The same call again, with the
        same entry, writes nothing twice.
        """
        ...

    def rotate(
        self, before: Credential, old: Credential, new: Credential, entry: Entry, maker: Maker
    ) -> None:
        """Write a key's successor and its own end, or nothing.

        As `make`; `Superseded` also when the key is no longer as `before`.
        """
        ...

    def revoke(self, key: Credential, entry: Entry) -> None:
        """Write that a key is revoked, or nothing; `Superseded` when it was before; `Contended`."""
        ...


class BootstrapStore(Protocol):
    """The mark that a tenant's first key was made."""

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant exists and is not switched off, strongly consistent."""
        ...

    def cuts(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Return from when on what is issued counts, at each place (0: always)."""
        ...

    def first(self, key: Credential, entry: Entry, *, after: int, by: str) -> bool:
        """Write a tenant's first key with mark and audit entry; False when there was one.

        A mark from before `after` (epoch ms) does not count. May be `Contended`.
        """
        ...


class CutStore(Protocol):
    """Cuts of all tenants, strongly consistent."""

    def at(self, place: Place) -> Cut | None:
        """Return the cut at a place."""
        ...

    def listed(self, tenant: str) -> tuple[Cut, ...]:
        """Return a tenant's cuts, or the deployment's."""
        ...

    def tenants(self) -> tuple[str, ...]:
        """Return the ids of all tenants that ever were, switched off or not."""
        ...

    def save(self, before: Cut | None, after: Cut, entry: Entry) -> None:
        """Write a cut with its audit entry, or nothing.

        `Superseded` when it is no longer as `before`; `Contended`.
        """
        ...
