"""Between HTTP and the use cases of reservations."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.inventory.reservation import Hold, ReservationState
from core.web.app import Answer
from core.web.body import parse, raw
from inventory_api import answers
from inventory_api.paths import reservation_id
from inventory_api.schemas import Nothing, ReservationIn

if TYPE_CHECKING:
    from core.inventory.reserving import Reserving
    from core.web.app import Request


@dataclass(frozen=True, slots=True)
class ReservationEndpoints:
    """One method per route, named as the route."""

    reserving: Reserving

    def reserve(self, request: Request) -> Answer:
        """Set stock aside for a while."""
        body = parse(request.event, ReservationIn)
        lines = [Hold(line.sku, line.location, line.quantity) for line in body.lines]
        held = self.reserving.reserve(
            request.act, request.ticket(body), lines, body.expires_in_seconds
        )
        location = f"{request.route.path}/{held.id}"
        return Answer(HTTPStatus.CREATED, answers.reservation(held), {"Location": location})

    def get_reservation(self, request: Request) -> Answer:
        """Answer a reservation."""
        found = self.reserving.read(request.tenant, reservation_id(request))
        return Answer(HTTPStatus.OK, answers.reservation(found))

    def commit_reservation(self, request: Request) -> Answer:
        """Note that the goods have left."""
        return self._end(request, ReservationState.COMMITTED)

    def release_reservation(self, request: Request) -> Answer:
        """Give back what was set aside."""
        return self._end(request, ReservationState.RELEASED)

    def _end(self, request: Request, state: ReservationState) -> Answer:
        """End a reservation; a body may be missing, but says nothing that would be passed over."""
        body = parse(request.event, Nothing) if raw(request.event) else Nothing()
        given = reservation_id(request)
        ended = self.reserving.end(request.act, request.ticket(body, part=given), given, state)
        return Answer(HTTPStatus.OK, answers.reservation(ended))
