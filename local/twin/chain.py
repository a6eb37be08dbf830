"""The one chain that every API call goes through, and the door from Starlette into it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from local.twin import auth
from local.twin.auth import PERSON
from local.twin.call import Answer, Call
from local.twin.cutting import CutResponse
from local.twin.limits import Limited
from local.twin.problems import Problem
from local.twin.recorder import masked, masked_form

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.twin.auth import Demand, Token
    from local.twin.twin import Twin

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: how it is written in documents, what it does, costs and demands.

    `hides` names the fields whose values no record of traffic may show. One that takes no bearer
    token (OAuth's own) has a last layer instead of `handle` and `demands`.
    """

    method: str
    template: str
    version: str
    handle: Callable[[Call], Answer] | None = None
    demands: Callable[[Call], list[Demand]] | None = None
    limited: Limited = Limited.GENERAL
    setup: bool = False
    hides: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name under which calls are counted."""
        return f"{self.method} {self.template}"


@dataclass(slots=True)
class Exchange:
    """A call on its way: what came in, and what the layers have found out."""

    twin: Twin
    operation: Operation
    path: dict[str, str]
    query: dict[str, list[str]]
    headers: dict[str, str]
    raw: bytes
    url_path: str
    token: Token | None = None
    notes: dict[str, Any] = field(default_factory=dict)


Proceed = Callable[[Exchange], Awaitable[Answer]]
Layer = Callable[[Exchange, Proceed], Awaitable[Answer]]


def endpoint(
    twin: Twin, operation: Operation, last: Layer | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """Return the Starlette endpoint of an operation; `last` answers where no token is asked."""

    async def run(request: Request) -> Response:
        query: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name, []).append(value)
        exchange = Exchange(
            twin,
            operation,
            dict(request.path_params),
            query,
            dict(request.headers),
            await request.body(),
            request.url.path,
        )
        ends = [_authenticate, _limit, _handle] if last is None else [last]
        answer = await _run([_record, _count, *twin.layers, *ends], exchange)
        return _response(answer)

    return run


def _response(answer: Answer) -> Response:
    if answer.page is not None:
        whole = Response(answer.page, answer.status, answer.headers, media_type="text/html")
    elif answer.body is None:
        whole = Response(b"", answer.status, answer.headers)
    else:
        content = json.dumps(answer.body).encode()
        kind = f"{_JSON};charset=utf-8"
        whole = Response(content, answer.status, answer.headers, media_type=kind)
    return whole if answer.sent is None else CutResponse(whole, answer.sent)


async def _run(layers: list[Layer], exchange: Exchange) -> Answer:
    first, *rest = layers

    async def proceed(exchange: Exchange) -> Answer:
        return await _run(rest, exchange)

    return await first(exchange, proceed)


async def _record(exchange: Exchange, proceed: Proceed) -> Answer:
    answer = await proceed(exchange)
    recorder = exchange.twin.recorder
    if recorder.keep or recorder.file is not None:
        recorder.add(
            {
                "method": exchange.operation.method,
                "path": exchange.url_path,
                "query": exchange.query,
                "content_type": exchange.headers.get("content-type"),
                "request": masked_form(exchange.raw, exchange.operation.hides),
                "status": answer.status,
                "response": masked(answer.body, exchange.operation.hides),
                "page": answer.page,
            }
        )
    return answer


async def _count(exchange: Exchange, proceed: Proceed) -> Answer:
    answer = await proceed(exchange)
    if exchange.twin.is_person(exchange.headers.get("authorization")):
        return answer
    policy = answer.body["policyName"] if answer.status == HTTPStatus.TOO_MANY_REQUESTS else None
    operation = exchange.operation
    fault = exchange.notes.get("fault")
    exchange.twin.stats.count(
        operation.name, answer.status, policy, setup=operation.setup, fault=fault
    )
    return answer


async def _authenticate(exchange: Exchange, proceed: Proceed) -> Answer:
    try:
        exchange.token = auth.authenticate(
            exchange.twin.tokens,
            exchange.headers.get("authorization"),
            exchange.twin.clock.now(),
        )
    except Problem as problem:
        return Answer(problem.status, problem.body())
    return await proceed(exchange)


async def _limit(exchange: Exchange, proceed: Proceed) -> Answer:
    twin, token = exchange.twin, _known(exchange)
    if token.kind == PERSON:
        return await proceed(exchange)
    portal = twin.portals[token.portal]
    caller = twin.caller(token)
    what = exchange.operation.limited
    refusal = twin.limiter.take(twin.clock.now(), caller, what)
    if refusal is None:
        answer = await proceed(exchange)
    else:
        answer = refusal.answer(portal.id, retry_after=portal.settings.sends_retry_after)
    headers = twin.limiter.headers(twin.clock.now(), caller, what)
    return replace(answer, headers={**headers, **answer.headers})


async def _handle(exchange: Exchange, _proceed: Proceed) -> Answer:
    token, operation = _known(exchange), exchange.operation
    if operation.handle is None or operation.demands is None:
        raise RuntimeError(f"{operation.name} has no handler")
    try:
        call = Call(
            operation.version,
            exchange.path,
            exchange.query,
            _parse(exchange),
            exchange.twin.portals[token.portal],
            token,
        )
        auth.demand(token, operation.demands(call))
        with call.portal.acting(token.author):
            return operation.handle(call)
    except Problem as problem:
        return Answer(problem.status, problem.body())


def _known(exchange: Exchange) -> Token:
    if exchange.token is None:
        raise RuntimeError("the authentication layer did not run")
    return exchange.token


def _parse(exchange: Exchange) -> Any:
    if not exchange.raw:
        return None
    if not exchange.headers.get("content-type", "").startswith(_JSON):
        raise Problem(415, "Unsupported Media Type", category="UNSUPPORTED_MEDIA_TYPE")
    try:
        return json.loads(exchange.raw)
    except ValueError as error:
        where = f"line {getattr(error, 'lineno', 1)}, column {getattr(error, 'colno', 1)}"
        raise Problem(400, f"Invalid input JSON on {where}") from error
