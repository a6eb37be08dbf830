"""Ending what was issued, for a deployment, a tenant or one principal; and letting a role back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.access.incident import Cut, Place
from core.audit import OPERATOR, Entry
from core.contention import Patience
from core.errors import Conflict, NotFound, Unprocessable

if TYPE_CHECKING:
    from core.clock import Clock
    from core.contention import Random
    from core.ids import Ids
    from core.keyring.ports import CutStore


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks: `by` is his own word, `request_id` what AWS's trail knows his call by."""

    by: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Incidents:
    """The use cases of cuts."""

    store: CutStore
    clock: Clock
    ids: Ids
    random: Random

    def revoke(self, operator: Operator, place: Place, reason: str) -> Cut:
        """End all that was issued until now; a cut is never moved back. `NotFound` for a tenant."""
        self._refuse_unknown_tenant(place.tenant)
        patience = Patience(self.clock, self.random)

        def attempt() -> Cut:
            before = self.store.at(place)
            now = self.clock.now()
            last = before.valid_from if before else 0
            beyond = now + 1  # what was issued in this very millisecond is ended too
            after = Cut(place, max(beyond, last), reason, operator.by, changed_at=now)
            entry = self._entry(operator, place, "incident.revoke", now)
            patience.until_done(partial(self.store.save, before, after, entry))
            return after

        return patience.until_settled(attempt)

    def restore(self, operator: Operator, place: Place, reason: str) -> Cut:
        """Let a registered role in again, or a user of HubSpot.

        `Unprocessable` for anything else: what a cut has ended is made anew, not brought back.
        `Conflict` when nothing is cut.
        """
        if not place.is_restorable:
            raise Unprocessable(
                "not_a_role",
                "Only a role or a user of HubSpot can be restored. Keys and tokens that a cut has "
                "ended stay ended: make new ones.",
            )
        patience = Patience(self.clock, self.random)

        def attempt() -> Cut:
            before = self.store.at(place)
            if before is None or not before.valid_from:
                raise Conflict("not_cut", "The principal is not cut.")
            now = self.clock.now()
            after = Cut(place, 0, reason, operator.by, changed_at=now)
            entry = self._entry(operator, place, "incident.restore", now)
            patience.until_done(partial(self.store.save, before, after, entry))
            return after

        return patience.until_settled(attempt)

    def status(self, tenant: str | None = None) -> tuple[Cut, ...]:
        """Return the deployment's cuts and a tenant's, or every tenant's; restored ones too."""
        patience = Patience(self.clock, self.random)
        tenants = patience.until_done(self.store.tenants) if tenant is None else (tenant,)
        found = [
            patience.until_done(partial(self.store.listed, one))
            for one in (Place().tenant, *tenants)
        ]
        return tuple(cut for cuts in found for cut in cuts)

    def _refuse_unknown_tenant(self, tenant: str) -> None:
        patience = Patience(self.clock, self.random)
        known = (Place().tenant, *patience.until_done(self.store.tenants))
        if tenant not in known:
            raise NotFound("tenant_not_found", "There is no tenant of that name.")

    def _entry(self, operator: Operator, place: Place, action: str, now: int) -> Entry:
        return Entry(
            id=self.ids.new(),
            at=now,
            tenant=place.tenant,
            principal=OPERATOR,
            door="none",
            action=action,
            resource=f"cut/{place.principal}",
            correlation_id=operator.request_id,
            fields={"valid_from": "", "reason": "", "by": ""},
        )
