"""Between HTTP and the use cases of portals' users."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.customers.binding import ID, Subject
from core.customers.service import no_customer
from core.errors import NotFound
from core.web.app import Answer
from core.web.body import parse, raw
from core.web.query import text
from customers_api import answers
from customers_api.schemas import BindingIn, Nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.customers.portals import Portals
    from core.web.app import Endpoint, Request


@dataclass(frozen=True, slots=True)
class BindingEndpoints:
    """One method per route, named as the route."""

    portals: Portals

    def by_route(self) -> Mapping[str, Endpoint]:
        """Return the endpoints by the names of their routes."""
        return {
            "list_bindings": self.list_bindings,
            "bind_subject": self.bind_subject,
            "revoke_binding": self.revoke_binding,
        }

    def list_bindings(self, request: Request) -> Answer:
        """Answer the bindings of a customer."""
        customer_id = text(request, "customer_id")
        if customer_id is None:
            raise no_customer()
        found = self.portals.of_customer(request.tenant, customer_id)
        shown = tuple(answers.binding(binding) for binding in found)
        return Answer(HTTPStatus.OK, answers.BindingsOut(bindings=shown))

    def bind_subject(self, request: Request) -> Answer:
        """Bind a portal's user to a customer."""
        body = parse(request.event, BindingIn)
        subject = Subject(body.issuer, body.subject)
        made = self.portals.bind(request.act, request.ticket(body), subject, body.customer_id)
        return Answer(HTTPStatus.CREATED, answers.binding(made))

    def revoke_binding(self, request: Request) -> Answer:
        """End a binding."""
        binding_id = request.path["id"]
        if not ID.fullmatch(binding_id):
            raise NotFound("binding_not_found", "There is no such binding.")
        body = parse(request.event, Nothing) if raw(request.event) else Nothing()
        ticket = request.ticket(body, part=binding_id)
        ended = self.portals.revoke(request.act, ticket, binding_id)
        return Answer(HTTPStatus.OK, answers.binding(ended))
