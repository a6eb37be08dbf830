"""Setting stock aside for a while, and each way in which that ends, exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.audit import SWEEPER, Entry
from core.contention import Contended, Patience, Superseded
from core.errors import Conflict, FieldError, NotFound, TooLarge, Unprocessable
from core.idempotency import Claim, refuse_other_body
from core.inventory.ports import Short
from core.inventory.reservation import MAX_PLACES, Reservation, ReservationState, summed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.audit import Act
    from core.clock import Clock
    from core.contention import Random
    from core.idempotency import Ticket
    from core.ids import Ids
    from core.inventory.ports import ReservationStore
    from core.inventory.reservation import Hold

_HELD = ReservationState.HELD
_ENTRIES = {
    ReservationState.COMMITTED: "reservation.commit",
    ReservationState.RELEASED: "reservation.release",
}


@dataclass(frozen=True, slots=True)
class Reserving:
    """The use cases of reservations."""

    store: ReservationStore
    clock: Clock
    ids: Ids
    random: Random

    def reserve(self, act: Act, ticket: Ticket, lines: Sequence[Hold], seconds: int) -> Reservation:
        """Set stock aside, all of it or none, or return what this Idempotency-Key has set aside.

        `Conflict` (`out_of_stock`), `Unprocessable` (`unknown_sku`), `TooLarge` above 40 places.
        """
        holds = summed(lines)
        if len(holds) > MAX_PLACES:
            raise TooLarge("too_many_skus", f"A reservation has at most {MAX_PLACES} SKUs.")
        now = self.clock.now()
        wanted = Reservation(self.ids.new(), _HELD, holds, now + 1000 * seconds, now, now)
        patience = Patience(self.clock, self.random)
        return patience.until_settled(partial(self._reserve, act, ticket, wanted, lines))

    def read(self, tenant: str, reservation_id: str) -> Reservation:
        """Return a reservation as it counts now; `NotFound` for another tenant's as for none."""
        patience = Patience(self.clock, self.random)
        return patience.until_done(partial(self._read, tenant, reservation_id))

    def end(
        self, act: Act, ticket: Ticket, reservation_id: str, state: ReservationState
    ) -> Reservation:
        """Commit or release; of several calls with different keys exactly one succeeds.

        `Conflict` (`reservation_not_held`) when it has ended already, or its time is over.
        """
        patience = Patience(self.clock, self.random)
        return patience.until_settled(partial(self._end, act, ticket, reservation_id, state))

    def expire(self, tenant: str, reservation_id: str) -> bool:
        """Give back what is held past its time; return whether this call did.

        Decided from the reservation itself, never from the index that found it. May be `Contended`.
        """
        found = self.store.reservation(tenant, reservation_id)
        now = self.clock.now()
        if found is None or found.state is not _HELD or now < found.held_until:
            return False
        entry = Entry(
            id=self.ids.new(),
            at=now,
            tenant=tenant,
            principal=SWEEPER,
            door="none",
            action="reservation.expire",
            resource=f"reservation/{reservation_id}",
            correlation_id="",
        )
        try:
            self.store.end(tenant, found.ended(ReservationState.EXPIRED, now), entry)
        except Superseded:  # it was committed or released at the last moment
            return False
        return True

    def _reserve(
        self, act: Act, ticket: Ticket, wanted: Reservation, lines: Sequence[Hold]
    ) -> Reservation:
        tenant = act.principal.tenant
        earlier = self._earlier(tenant, ticket)
        if earlier is not None:
            return earlier
        self._refuse_hopeless(tenant, wanted, lines)
        entry = act.entry(
            self.ids.new(), wanted.created_at, "reservation.hold", f"reservation/{wanted.id}"
        )
        try:
            self.store.hold(tenant, wanted, entry, Claim(ticket, wanted.id))
        except Short as refused:
            raise _out_of_stock(lines, refused.places) from refused
        return wanted

    def _end(
        self, act: Act, ticket: Ticket, reservation_id: str, state: ReservationState
    ) -> Reservation:
        tenant = act.principal.tenant
        earlier = self._earlier(tenant, ticket)
        if earlier is not None:
            return earlier
        found = self._read(tenant, reservation_id)
        if found.state is not _HELD:
            raise Conflict(
                "reservation_not_held",
                f"The reservation is {found.state} already.",
                current={"state": str(found.state)},
            )
        now = self.clock.now()
        entry = act.entry(self.ids.new(), now, _ENTRIES[state], f"reservation/{reservation_id}")
        ended = found.ended(state, now)
        self.store.end(tenant, ended, entry, Claim(ticket, reservation_id))
        return ended

    def _earlier(self, tenant: str, ticket: Ticket) -> Reservation | None:
        """Return the reservation of an earlier call with this Idempotency-Key."""
        record = self.store.record(tenant, ticket.digest)
        refuse_other_body(record, ticket)
        if record is None:
            return None
        found = self.store.reservation(tenant, record.resource_id)
        if found is None:  # written with its record, so only a read of another moment misses it
            raise Contended
        return found.at(self.clock.now())

    def _read(self, tenant: str, reservation_id: str) -> Reservation:
        found = self.store.reservation(tenant, reservation_id)
        if found is None:
            raise NotFound("reservation_not_found", "There is no such reservation.")
        return found.at(self.clock.now())

    def _refuse_hopeless(self, tenant: str, wanted: Reservation, lines: Sequence[Hold]) -> None:
        """Refuse without a write what one consistent read shows to be impossible."""
        levels = self.store.levels(tenant, [hold.place for hold in wanted.holds])
        unknown = [hold.place for hold in wanted.holds if hold.place not in levels]
        if unknown:
            fields = _fields(lines, unknown, "unknown_sku", "Not stocked at this location.")
            raise Unprocessable(
                "unknown_sku",
                "Some lines name a SKU that is not stocked at their location.",
                fields=fields,
            )
        short = [h.place for h in wanted.holds if not levels[h.place].covers(h.quantity)]
        if short:
            raise _out_of_stock(lines, short)


def _out_of_stock(lines: Iterable[Hold], places: Iterable[tuple[str, str]]) -> Conflict:
    fields = _fields(lines, places, "out_of_stock", "Not enough in stock.")
    return Conflict(
        "out_of_stock", "There is not enough stock for this reservation.", fields=fields
    )


def _fields(
    lines: Iterable[Hold], places: Iterable[tuple[str, str]], code: str, message: str
) -> tuple[FieldError, ...]:
    wanted = set(places)
    return tuple(
        FieldError(f"lines.{index}", code, f"{line.sku}: {message}")
        for index, line in enumerate(lines)
        if line.place in wanted
    )
