"""A tenant's first key, on the deployer's own right: once, and once more after an incident's cut.

Nobody's door leads here. Layered routes want two proofs, so that the first key comes from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.access import apikey, keys
from core.access.incident import Place
from core.audit import OPERATOR, Entry
from core.contention import Patience
from core.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.access.credential import Credential
    from core.access.keys import KeyDraft
    from core.clock import Clock
    from core.contention import Random
    from core.ids import Ids
    from core.keyring.ports import BootstrapStore


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The use case; `chance` returns so many bytes from a cryptographic source."""

    store: BootstrapStore
    clock: Clock
    ids: Ids
    random: Random
    chance: Callable[[int], bytes]

    def first_key(
        self, tenant: str, draft: KeyDraft, *, by: str, request_id: str
    ) -> tuple[Credential, str]:
        """Make a tenant's first key; return it and its text, which is kept nowhere.

        `NotFound` for a tenant that is not active, `Conflict` when it has had its first key and no
        cut of the tenant or of the deployment has ended that one since. `by` is the operator's own
        word, `request_id` what AWS's trail knows the call by.
        """
        keys.refuse_malformed(draft, self.clock.now())
        patience = Patience(self.clock, self.random)
        if not patience.until_done(partial(self.store.tenant_active, tenant)):
            raise NotFound("tenant_not_found", "There is no active tenant of that name.")
        cuts = patience.until_done(partial(self.store.cuts, (Place(), Place(tenant))))
        after = max(cuts.values(), default=0)
        now = max(self.clock.now(), after)
        key_id = self.ids.new()
        text = apikey.make(tenant, key_id, self.chance(apikey.SECRET_BYTES))
        digest = apikey.digest(text)
        new = keys.made(draft, tenant=tenant, key_id=key_id, digest=digest, by=OPERATOR, now=now)
        entry = Entry(
            id=self.ids.new(),
            at=now,
            tenant=tenant,
            principal=OPERATOR,
            door="none",
            action="key.bootstrap",
            resource=new.principal_id,
            correlation_id=request_id,
            fields={"name": "", "scopes": "", "vends": "", "expires_at": ""},
        )
        if not patience.until_done(partial(self.store.first, new, entry, after=after, by=by)):
            raise Conflict(
                "already_bootstrapped",
                "The tenant has had its first key. Make others with it and a second proof, "
                "or cut the tenant first if all its keys are lost.",
            )
        return new, text
