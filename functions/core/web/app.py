"""The HTTP edge of a context's function: who calls, may they, what do they want, what went wrong.

Powertools' resolver finds the endpoint; which routes there are comes from `core.routes`, which
principal calls from `core.access`, and every error becomes an answer in `core.web.problems`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from core import metrics
from core.audit import Act
from core.contention import Contended, Superseded, busy
from core.customers.personal import READ, READ_CONTACT
from core.errors import CountersignError, Forbidden, Invalid, NotFound, Unauthenticated
from core.idempotency import Ticket
from core.routes import IDEMPOTENCY_HEADER, ROUTES
from core.web.callers import who_calls
from core.web.cors import Cors
from core.web.identity import door_of
from core.web.problems import MEDIA_TYPE, SAFETY_HEADERS, UNEXPECTED, problem

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from core.access.credential import Registry
    from core.access.keycheck import Use
    from core.access.limits import Share
    from core.access.principal import Principal, Proof
    from core.audit import Journal
    from core.clock import Clock
    from core.routes import Context, Route
    from core.web.body import Body
    from core.web.hubspot_users import HubspotUsers

_DENIED = "You are not allowed to do this."
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Request:
    """A call that may be made: who makes it, the path's parameters, and the raw event.

    `own` is the id of the only customer whose data the call may reach, None when it may reach all.
    """

    act: Act
    route: Route
    path: Mapping[str, str]
    event: Mapping[str, Any]
    own: str | None = None

    @property
    def tenant(self) -> str:
        """The tenant for whom the call is made."""
        return self.act.principal.tenant

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes by which the caller is shown what is answered; of his own he is shown all."""
        held = self.act.principal.scopes
        return held if self.own is None else held | {READ, READ_CONTACT}

    def ticket(self, body: Body, part: str = "") -> Ticket:
        """Return the call's idempotency ticket; `Invalid` without a well-formed key.

        `part` tells apart what one key covers: the orders of a batch, or the resource in the path.
        """
        headers = {k.lower(): v for k, v in (self.event.get("headers") or {}).items()}
        key = headers.get(IDEMPOTENCY_HEADER.lower(), "")
        if not _IDEMPOTENCY_KEY.fullmatch(key):
            raise Invalid(
                "idempotency_key_required",
                f"{IDEMPOTENCY_HEADER} must hold 1 to 255 visible ASCII characters.",
            )
        scope = [self.tenant, self.act.principal.id, self.route.name, key, part]
        return Ticket(
            digest=_sha256(json.dumps(scope)),
            body_hash=_sha256(body.model_dump_json(exclude_unset=True)),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers."""

    status: int
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


Endpoint = Callable[[Request], Answer]
Handler = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Edge:
    """What every context's HTTP function is made of; `share` is one principal's of calls.

    `used` is told of the keys that come beside a signature; behind the token door alone none do.
    `owner` returns the id of the customer whom a portal's user is: only a function whose routes
    have an `own` scope needs it.
    `journal` is told of calls that their caller's rights do not reach, and of the answers of routes
    that show people: what cannot be written down is not answered.
    `hubspot` knows the users of HubSpot where routes lead from the hubspot door. `cors` knows the
    pages that may call.
    """

    registry: Registry
    share: Share
    clock: Clock
    log: Logger
    vended_role_name: str = ""
    used: Use | None = None
    owner: Callable[[Principal], str | None] | None = None
    journal: Journal | None = None
    hubspot: HubspotUsers | None = None
    cors: Cors = field(default_factory=Cors)

    def handler(self, context: Context, endpoints: Mapping[str, Endpoint]) -> Handler:
        """Return the Lambda handler of a context, whose `endpoints` are named as its routes."""
        app = APIGatewayRestResolver()
        for route in ROUTES:
            if route.context is context and route.live:
                rule = route.path.replace("{", "<").replace("}", ">")
                app.route(rule, method=[route.method])(
                    self._entry(app, route, endpoints[route.name])
                )
        app.exception_handler(CountersignError)(lambda error: self._problem(app, error))
        app.exception_handler(Exception)(lambda error: self._problem(app, error))
        app.not_found(lambda _: self._problem(app, NotFound("not_found", "There is nothing here.")))

        def handler(event: dict[str, Any], lambda_context: LambdaContext) -> dict[str, Any]:
            if self.cors.asks(event):
                return self.cors.preflight(event)
            self.log.append_keys(correlation_id=event["requestContext"].get("requestId"))
            answer = app.resolve(event, lambda_context)
            answer["multiValueHeaders"] |= {k: [v] for k, v in self.cors.headers(event).items()}
            return answer

        return handler

    def _entry(
        self, app: APIGatewayRestResolver, route: Route, endpoint: Endpoint
    ) -> Callable[..., Response[str]]:
        def entry(**parameters: str) -> Response[str]:
            event = app.current_event.raw_event
            act = self._act(event, route)
            path = {name: unquote(value) for name, value in parameters.items()}
            own = self._own(act, route)
            answer = endpoint(Request(act, route, path, event, own))
            if route.recorded_as:
                shown = path.get("id") or own or getattr(answer.body, "id", "")
                self._record(act, route, f"{route.recorded_as}/{shown}".rstrip("/"), "done")
            self.log.info(
                "answered",
                route=route.name,
                status=answer.status,
                principal=act.principal.id,
                tenant=act.principal.tenant,
            )
            return Response(
                status_code=answer.status,
                content_type="application/json",
                body=answer.body.model_dump_json(exclude_none=True),
                headers={**SAFETY_HEADERS, **answer.headers},
            )

        return entry

    def _act(self, event: Mapping[str, Any], route: Route) -> Act:
        if door_of(event) not in route.doors:
            raise NotFound("not_found", "There is nothing here.")
        now = self.clock.now()
        role = self.vended_role_name
        who = who_calls(event, self.registry, role, now, self._note, self.hubspot)
        self.share.take(who.tenant, who.id)
        act = Act(who, event["requestContext"].get("requestId", ""))
        try:
            who.require(route)
        except Forbidden:
            metrics.denied(who.tenant, who.id)
            self._record(act, route, f"route/{route.name}", "denied")
            raise
        return act

    def _record(self, act: Act, route: Route, resource: str, result: str) -> None:
        if self.journal is not None:
            self.journal.note(act, route.name, resource, result)

    def _own(self, act: Act, route: Route) -> str | None:
        """Return the only customer whose data the call may reach, None when it may reach all."""
        who = act.principal
        if not who.reaches_own(route):
            return None
        owner = self.owner(who) if self.owner is not None else None
        if owner is None:
            metrics.denied(who.tenant, who.id)
            self._record(act, route, f"route/{route.name}", "denied")
            raise Forbidden("forbidden", _DENIED, internal=f"{who.id} is bound to no customer")
        return owner

    def _note(self, proof: Proof) -> None:
        if self.used is not None and not self.used.note(proof):
            self.log.warning("use not noted", unnoted=[proof.id])

    def _problem(self, app: APIGatewayRestResolver, error: Exception) -> Response[str]:
        request_id = app.current_event.raw_event["requestContext"].get("requestId", "")
        if isinstance(error, Contended | Superseded):  # of a read, or of who is calling
            error = busy()
        if isinstance(error, CountersignError):
            shown = error
            if isinstance(error, Unauthenticated):
                metrics.signature_failed()
            self.log.warning("refused", code=error.code, reason=error.internal)
        else:
            shown = UNEXPECTED
            self.log.error("failed", exc_info=error)
        status, headers, body = problem(shown, request_id)
        return Response(status_code=status, content_type=MEDIA_TYPE, body=body, headers=headers)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
