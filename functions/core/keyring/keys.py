"""Making, rotating, revoking and showing API keys, each change with its audit entry.

A key's text exists in one answer and nowhere else: what is kept is its SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from core.access import apikey, keys
from core.access.incident import covering, refuse_while_spreading
from core.contention import Patience
from core.errors import Forbidden, NotFound
from core.keyring.ports import KnownKey, Maker, MakerEnded

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.access.credential import Credential
    from core.access.keys import KeyDraft
    from core.access.principal import Principal
    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.ids import Ids
    from core.keyring.ports import KeyStore


@dataclass(frozen=True, slots=True)
class Keyring:
    """The use cases of keys; `chance` returns so many bytes from a cryptographic source."""

    store: KeyStore
    clock: Clock
    ids: Ids
    random: Random
    chance: Callable[[int], bytes]

    def make(self, act: Act, draft: KeyDraft) -> tuple[KnownKey, str]:
        """Make a key; return it and its text, which is kept nowhere.

        `Unprocessable` for what no key can have, `Forbidden` for what its maker does not have.
        """
        keys.refuse_malformed(draft, self.clock.now())
        keys.refuse_beyond(act.principal, draft.scopes, draft.vends)
        patience = Patience(self.clock, self.random)
        return patience.until_settled(partial(self._make, act, draft, patience))

    def rotate(self, act: Act, key_id: str, overlap_seconds: int) -> tuple[KnownKey, str]:
        """Make a key that takes another's place; return it and its text, which is kept nowhere.

        The old one ends after the overlap. `NotFound`; `Conflict` when it was rotated before or
        opens nothing any more; `Forbidden` when the caller does not have all that the key has.
        """
        patience = Patience(self.clock, self.random)
        return patience.until_settled(partial(self._rotate, act, key_id, overlap_seconds, patience))

    def revoke(self, act: Act, key_id: str) -> KnownKey:
        """Revoke a key at once; again it is the same, and is not audited again. `NotFound`."""
        patience = Patience(self.clock, self.random)
        return patience.until_settled(partial(self._revoke, act, key_id, patience))

    def get(self, tenant: str, key_id: str) -> KnownKey:
        """Return a key; `NotFound` for another tenant's as for none."""
        return Patience(self.clock, self.random).until_done(partial(self._get, tenant, key_id))

    def page(
        self, tenant: str, prefix: str, after: str | None, limit: int
    ) -> tuple[tuple[KnownKey, ...], str | None]:
        """Return keys by id, and the position to go on from."""
        patience = Patience(self.clock, self.random)
        return patience.until_done(partial(self.store.page, tenant, prefix, after, limit))

    def _make(self, act: Act, draft: KeyDraft, patience: Patience) -> tuple[KnownKey, str]:
        now = self.clock.now()
        maker = self._maker(act.principal, now)
        key_id, text = self._text(act)
        new = keys.made(
            draft,
            tenant=act.principal.tenant,
            key_id=key_id,
            digest=apikey.digest(text),
            by=" ".join(act.principal.proofs),
            now=now,
        )
        entry = act.entry(self.ids.new(), now, "key.make", new.principal_id, fields=_fields(new))
        with_maker_there(act, patience, partial(self.store.make, new, entry, maker))
        return KnownKey(new), text

    def _rotate(
        self, act: Act, key_id: str, overlap_seconds: int, patience: Patience
    ) -> tuple[KnownKey, str]:
        now = self.clock.now()
        found = self._get(act.principal.tenant, key_id)
        keys.refuse_rotation(found.key, found.cuts, now)
        keys.refuse_beyond(act.principal, sorted(found.key.scopes), sorted(found.key.vends))
        maker = self._maker(act.principal, now)
        new_id, text = self._text(act)
        old, new = keys.rotated(
            found.key,
            key_id=new_id,
            digest=apikey.digest(text),
            by=" ".join(act.principal.proofs),
            now=now,
            overlap_seconds=overlap_seconds,
        )
        changed = {"expires_at": "", "rotated_to": ""}
        entry = act.entry(self.ids.new(), now, "key.rotate", old.principal_id, fields=changed)
        write = partial(self.store.rotate, found.key, old, new, entry, maker)
        with_maker_there(act, patience, write)
        return KnownKey(new), text

    def _revoke(self, act: Act, key_id: str, patience: Patience) -> KnownKey:
        found = self._get(act.principal.tenant, key_id)
        if not found.key.active:
            return found
        now = self.clock.now()
        revoked = replace(found.key, active=False, revoked_at=now)
        entry = act.entry(
            self.ids.new(),
            now,
            "key.revoke",
            revoked.principal_id,
            fields={"status": "", "revoked_at": ""},
        )
        patience.until_done(partial(self.store.revoke, revoked, entry))
        return replace(found, key=revoked)

    def _get(self, tenant: str, key_id: str) -> KnownKey:
        found = self.store.find(tenant, key_id)
        if found is None:
            raise NotFound("key_not_found", "There is no such key.")
        return found

    def _text(self, act: Act) -> tuple[str, str]:
        key_id = self.ids.new()
        chance = self.chance(apikey.SECRET_BYTES)
        return key_id, apikey.make(act.principal.tenant, key_id, chance)

    def _maker(self, who: Principal, now: int) -> Maker:
        """Return what must still stand when the key is written; `Busy` while a cut spreads."""
        places = {place for proof in who.proofs for place in covering(who.tenant, proof)}
        seen = self.store.cuts(places)
        refuse_while_spreading(max(seen.values(), default=0), now)
        named = (proof.split("/") for proof in who.proofs)
        return Maker(tuple(n[1] for n in named if n[0] == "key"), seen)


def with_maker_there(act: Act, patience: Patience, write: Callable[[], None]) -> None:
    """Write; `Forbidden` when what the maker came with has ended since it was checked."""
    try:
        patience.until_done(write)
    except MakerEnded as ended:
        raise Forbidden(
            "forbidden",
            "You are not allowed to do this.",
            internal=f"{act.principal.id} came with a key that has ended",
        ) from ended


def _fields(new: Credential) -> dict[str, str]:
    names = ("name", "scopes", "vends", "networks", "expires_at")
    return {name: "" for name in names if getattr(new, name)}
