"""API keys, first keys and cuts in memory, for rules that need no DynamoDB."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.access.credential import Cuts
from core.access.incident import Place, covering
from core.contention import Contended, Superseded
from core.keyring.ports import KnownKey, MakerEnded
from tests.fakes.stores import FakeFaults
from tests.faults.injector import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from core.access.credential import Credential
    from core.access.incident import Cut
    from core.audit import Entry
    from core.keyring.ports import Maker


@dataclass
class FakeKeyring:
    """`KeyStore`, `BootstrapStore` and `CutStore`; a write under a known entry changes nothing."""

    kept: dict[tuple[str, str], Credential] = field(default_factory=dict)
    made_cuts: dict[Place, Cut] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    audit: dict[str, Entry] = field(default_factory=dict)
    known_tenants: tuple[str, ...] = ("main", "other")
    faults: FakeFaults = field(default_factory=FakeFaults)

    @contextmanager
    def _writing(self, entry: Entry, holds: Callable[[], bool]) -> Iterator[bool]:
        """Yield whether the block is to write; what it writes stands even if its reply is lost.

        `holds` is the condition, asked when nothing can come between any more.
        """
        fault = self.faults.next()
        if fault is not None and fault is not Fault.LOST:
            raise Contended
        again = entry.id in self.audit
        if not again and not holds():
            raise Superseded
        yield not again
        self.audit[entry.id] = entry
        if fault is Fault.LOST:
            raise Contended

    def find(self, tenant: str, key_id: str) -> KnownKey | None:
        """Return a key."""
        key = self.kept.get((tenant, key_id))
        if key is None:
            return None
        places = covering(tenant, key.principal_id)
        return KnownKey(key, Cuts(*self.cuts(places).values()))

    def page(
        self, tenant: str, prefix: str, after: str | None, limit: int
    ) -> tuple[tuple[KnownKey, ...], str | None]:
        """Return keys by id."""
        ids = sorted(i for t, i in self.kept if t == tenant and i.startswith(prefix))
        left = [i for i in ids if after is None or i > after]
        found = tuple(k for i in left[:limit] if (k := self.find(tenant, i)) is not None)
        return found, left[limit - 1] if len(left) > limit else None

    def cuts(self, places: Iterable[Place]) -> Mapping[Place, int]:
        """Return from when on what is issued counts."""
        return {p: self.made_cuts[p].valid_from if p in self.made_cuts else 0 for p in places}

    def make(self, key: Credential, entry: Entry, maker: Maker) -> None:
        """Write a new key."""
        with self._writing(entry, lambda: self._stands(key.tenant, entry, maker)) as new:
            if new:
                self.kept[key.tenant, key.id] = key

    def rotate(
        self, before: Credential, old: Credential, new: Credential, entry: Entry, maker: Maker
    ) -> None:
        """Write a key's successor and its own end."""
        home = (old.tenant, old.id)

        def holds() -> bool:
            stands = self._stands(old.tenant, entry, maker, but=old.id)
            return stands and self.kept[home] == before

        with self._writing(entry, holds) as fresh:
            if fresh:
                self.kept[old.tenant, old.id] = old
                self.kept[new.tenant, new.id] = new

    def revoke(self, key: Credential, entry: Entry) -> None:
        """Write that a key is revoked."""
        home = (key.tenant, key.id)
        with self._writing(entry, lambda: self.kept[home].active):
            self.kept[home] = replace(self.kept[home], active=False, revoked_at=key.revoked_at)

    def tenant_active(self, tenant: str) -> bool:
        """Return whether the tenant is there."""
        return tenant in self.known_tenants

    def first(self, key: Credential, entry: Entry, *, after: int, by: str) -> bool:  # noqa: ARG002 - kept by the real one
        """Write a tenant's first key."""
        try:
            with self._writing(entry, lambda: self.marks.get(key.tenant, -1) < after) as new:
                if new:
                    self.kept[key.tenant, key.id] = key
                    self.marks[key.tenant] = key.created_at
        except Superseded:
            return False
        return True

    def at(self, place: Place) -> Cut | None:
        """Return the cut at a place."""
        return self.made_cuts.get(place)

    def listed(self, tenant: str) -> tuple[Cut, ...]:
        """Return a tenant's cuts."""
        found = [(p.principal, c) for p, c in self.made_cuts.items() if p.tenant == tenant]
        return tuple(cut for _, cut in sorted(found, key=lambda one: one[0]))

    def tenants(self) -> tuple[str, ...]:
        """Return the tenants."""
        return self.known_tenants

    def save(self, before: Cut | None, after: Cut, entry: Entry) -> None:
        """Write a cut."""
        with self._writing(entry, lambda: self.made_cuts.get(after.place) == before):
            self.made_cuts[after.place] = after

    def _stands(self, tenant: str, entry: Entry, maker: Maker, but: str = "") -> bool:
        for key_id in set(maker.credentials) - {but}:
            key = self.kept.get((tenant, key_id))
            if key is None or not key.usable(entry.at, Cuts()):
                raise MakerEnded
        return self.cuts(maker.cuts) == maker.cuts
