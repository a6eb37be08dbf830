"""The operator at a shop's parked records."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from core.crm.parking import QUEUES, Operator, ParkedRecord, Parking, Result, State
from core.store.parking import StoredParking
from core.ulids import Ulids
from tests.support import tables
from tests.support.books import TENANT

if TYPE_CHECKING:
    from tests.flow.shop import Shop

ME = Operator("arn:aws:iam::1:user/ada", "request-1")


class Desk:
    """The operator's use case over the shop's own tables."""

    def __init__(self, shop: Shop) -> None:
        """Put it together, as its handler does."""
        store = StoredParking(shop.dynamodb, shop.core, tables.AUDIT)
        self._parking = Parking(store, shop.clock, Ulids(), SystemRandom())

    def seen(self, state: State = State.PARKED) -> list[ParkedRecord]:
        """List all that is in a state."""
        return list(self._parking.page(TENANT, state, tuple(QUEUES), None, 100)[0])

    def one(self, kind: str) -> ParkedRecord:
        """Return the one record that is parked, which is of this kind."""
        (record,) = self.seen()
        assert record.kind == kind
        return record

    def retry(self, record: ParkedRecord) -> Result:
        """Owe a record again."""
        return self._parking.retry(TENANT, record.kind, record.id, ME)

    def discard(self, record: ParkedRecord) -> Result:
        """Give a record up."""
        return self._parking.discard(TENANT, record.kind, record.id, ME)
