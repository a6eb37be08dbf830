"""Between HTTP and the use cases of customers."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from core.customers.fields import shown
from core.customers.model import identities
from core.customers.service import no_customer
from core.ids import ID
from core.web.app import Answer
from core.web.body import parse
from core.web.person import person
from core.web.query import limit, text
from customers_api import answers
from customers_api.drafts import changes, decisions, own_decisions
from customers_api.schemas import ChangeIn, ConsentsIn, CustomerIn, FindIn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from core.clock import Clock
    from core.contact.rules import ContactRules
    from core.customers.model import Customer
    from core.customers.service import Customers
    from core.web.app import Endpoint, Request
    from core.web.cursor import Cursors
    from customers_api.bindings import BindingEndpoints

ME = "me"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """One method per route, named as the route."""

    customers: Customers
    cursors: Cursors
    rules: ContactRules
    clock: Clock
    bindings: BindingEndpoints

    def by_route(self) -> Mapping[str, Endpoint]:
        """Return the endpoints by the names of their routes."""
        return {
            "list_customers": self.list_customers,
            "put_customer": self.put_customer,
            "find_customer": self.find_customer,
            "get_customer": self.get_customer,
            "change_customer": self.change_customer,
            "list_consents": self.list_consents,
            "record_consents": self.record_consents,
            **self.bindings.by_route(),
        }

    def list_customers(self, request: Request) -> Answer:
        """Answer a page of customers."""
        fields = shown(request.scopes, _asked(request))
        query = (request.route.name,)
        found, position = self.customers.page(
            request.tenant, self._after(request, query), limit(request)
        )
        return Answer(
            HTTPStatus.OK,
            answers.CustomersOut(
                customers=tuple(answers.customer(c, fields, request.scopes) for c in found),
                cursor=self._cursor(request, query, position),
            ),
        )

    def put_customer(self, request: Request) -> Answer:
        """Make a customer, or give the one that is there what is new."""
        body = parse(request.event, CustomerIn)
        draft = person(body, self.rules, request.tenant)
        said = decisions(body.consents, self.clock.now())
        found = self.customers.upsert(request.act, request.ticket(body), draft, said)
        return _answer(request, found, shown(request.scopes, None))

    def find_customer(self, request: Request) -> Answer:
        """Answer the customer of an identity."""
        body = parse(request.event, FindIn)
        fields = shown(request.scopes, body.fields)
        email, _ = self.rules.normal(request.tenant, body.email, None)
        (identity,) = identities(body.external_id, email)
        found = self.customers.find(request.tenant, identity)
        return _answer(request, found, fields)

    def get_customer(self, request: Request) -> Answer:
        """Answer a customer."""
        fields = shown(request.scopes, _asked(request))
        return _answer(request, self.customers.read(request.tenant, _customer_id(request)), fields)

    def change_customer(self, request: Request) -> Answer:
        """Change a customer."""
        body = parse(request.event, ChangeIn)
        given = changes(body, self.rules, request.tenant)
        customer_id = _customer_id(request)
        found = self.customers.change(request.act, customer_id, body.version, given)
        return _answer(request, found, shown(request.scopes, None))

    def list_consents(self, request: Request) -> Answer:
        """Answer a page of what a customer has decided."""
        customer_id = _customer_id(request)
        query = (request.route.name, customer_id)
        found, position = self.customers.history(
            request.tenant, customer_id, self._after(request, query), limit(request)
        )
        return Answer(
            HTTPStatus.OK,
            answers.ConsentsOut(
                consents=tuple(answers.recorded(r, request.scopes) for r in found),
                cursor=self._cursor(request, query, position),
            ),
        )

    def record_consents(self, request: Request) -> Answer:
        """Record what a customer has decided."""
        body = parse(request.event, ConsentsIn)
        customer_id, now = _customer_id(request), self.clock.now()
        if request.own is None:
            said = decisions(body.consents, now)
        else:
            said = own_decisions(body.consents, now, request.act.principal.issuer)
        ticket = request.ticket(body, part=customer_id)
        found = self.customers.decide(request.act, ticket, customer_id, said)
        return _answer(request, found, shown(request.scopes, None), HTTPStatus.CREATED)

    def _after(self, request: Request, query: tuple[str, ...]) -> str | None:
        given = text(request, "cursor")
        return self.cursors.open(request.tenant, query, given) if given is not None else None

    def _cursor(self, request: Request, query: tuple[str, ...], position: str | None) -> str | None:
        return self.cursors.seal(request.tenant, query, position) if position else None


def _asked(request: Request) -> tuple[str, ...] | None:
    """Return the fields that the query asks for (`fields=email,phone`), None for all."""
    given = text(request, "fields")
    return tuple(given.split(",")) if given is not None else None


def _answer(
    request: Request,
    found: Customer,
    fields: Collection[str],
    status: HTTPStatus = HTTPStatus.OK,
) -> Answer:
    return Answer(status, answers.customer(found, fields, request.scopes))


def _customer_id(request: Request) -> str:
    """Return the id in the path; `NotFound` for what is no id, or not the caller's own.

    Who may reach his own data alone may write `me`.
    """
    given = request.path["id"]
    if request.own is not None and given in {ME, request.own}:
        return request.own
    if request.own is not None or not ID.fullmatch(given):
        raise no_customer()
    return given
