"""Reservations in DynamoDB: one small item each, marked in the work index while it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.contention import Superseded
from core.inventory.reservation import Hold, Reservation, ReservationState
from core.store import keys, marks, stock, table
from core.store.audit import put_entry
from core.store.movements import find_levels, refused
from core.store.records import find_record, put_record
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.audit import Entry
    from core.idempotency import Claim, Record
    from core.inventory.model import Level
    from core.store.marks import Lingers
    from core.store.table import Item


class StoredReservations:
    """`core.inventory.ports.ReservationStore` over DynamoDB."""

    def __init__(
        self, dynamodb: DynamoDBClient, core_table: str, audit_table: str, lingers: Lingers
    ) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._audit = audit_table
        self._lingers = lingers

    def record(self, tenant: str, digest: str) -> Record | None:
        """Return the record of an Idempotency-Key."""
        return find_record(self._dynamodb, self._core, tenant, digest)

    def levels(
        self, tenant: str, places: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Level]:
        """Return stock by (SKU, location)."""
        return find_levels(self._dynamodb, self._core, tenant, places)

    def reservation(self, tenant: str, reservation_id: str) -> Reservation | None:
        """Return a reservation."""
        item = table.get(self._dynamodb, self._core, keys.reservation(tenant, reservation_id))
        return _reservation(item) if item is not None else None

    def hold(self, tenant: str, reservation: Reservation, entry: Entry, claim: Claim) -> None:
        """Write a new reservation with what it sets aside, or nothing."""
        key = keys.reservation(tenant, reservation.id)
        item = _item(reservation) | marks.attributes(
            key, marks.RESERVATIONS, reservation.held_until
        )
        put = Action(
            "Put", self._core, key, "reservation", item, condition="attribute_not_exists(pk)"
        )
        try:
            self._write(tenant, put, reservation, entry, claim)
        except ConditionFailed as failed:
            raise refused(tenant, reservation.movements, failed) from failed

    def end(
        self, tenant: str, ended: Reservation, entry: Entry, claim: Claim | None = None
    ) -> None:
        """Write the end of a reservation with what it moves, if it is still held."""
        update = Action(
            "Update",
            self._core,
            keys.reservation(tenant, ended.id),
            "reservation",
            update="SET #state = :ended, updated_at = :at REMOVE work_queue, due_at",
            condition="#state = :held",
            names={"#state": "state"},
            values={
                ":ended": str(ended.state),
                ":at": ended.updated_at,
                ":held": str(ReservationState.HELD),
            },
        )
        try:
            self._write(tenant, update, ended, entry, claim)
        except ConditionFailed as failed:
            if all(label.startswith("level:") for label in failed.failed):
                raise  # what it holds is not reserved: nothing that another try could mend
            raise Superseded from failed

    def _write(
        self,
        tenant: str,
        turn: Action,
        reservation: Reservation,
        entry: Entry,
        claim: Claim | None,
    ) -> None:
        actions = [turn, put_entry(self._audit, entry)]
        if claim is not None:
            actions.append(put_record(self._core, tenant, claim, entry.at))
        for movement in reservation.movements:
            actions += stock.move(self._core, tenant, movement, self._lingers)
        table.transact(self._dynamodb, actions)


def _item(reservation: Reservation) -> Item:
    """Write a reservation. Its end is not named `expires_at`, by which DynamoDB deletes items."""
    return {
        "id": reservation.id,
        "state": str(reservation.state),
        "holds": [
            {"sku": hold.sku, "location": hold.location, "quantity": hold.quantity}
            for hold in reservation.holds
        ],
        "held_until": reservation.held_until,
        "created_at": reservation.created_at,
        "updated_at": reservation.updated_at,
    }


def _reservation(item: Item) -> Reservation:
    return Reservation(
        id=item["id"],
        state=ReservationState(item["state"]),
        holds=tuple(Hold(h["sku"], h["location"], h["quantity"]) for h in item["holds"]),
        held_until=item["held_until"],
        created_at=item["created_at"],
        updated_at=item["updated_at"],
    )
