"""CPU time of a warm request, beside the bare handler that makes the same calls to the store."""

from __future__ import annotations

import importlib
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.figures import Table, in_turns
from benchmarks.quiet import quiet
from benchmarks.recording import Replay, recorded
from tests.support.doors import LambdaContext, event
from tests.support.emulator_dynamodb import emulated_dynamodb
from tests.support.shop import open_emulated_shop, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.recording import Calls
    from tests.support.shop import Shop

    Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

PLACE, STOCK = "POST /v1/orders, one line", "GET /v1/stock/{sku}"
_OK = (200, 201)
_WARMING = 20


def warm(rounds: int) -> Table:
    """Return the table; `rounds` requests of each kind, in turns, on MiniStack's DynamoDB."""
    with quiet(), emulated_dynamodb() as emulated, open_emulated_shop(emulated) as at:
        with patch.dict(os.environ, {"AWS_ENDPOINT_URL": emulated.url}):
            bare: Handler = importlib.import_module("benchmarks.bare").handler
        at.stock("A", 10**9)
        cases: dict[str, Callable[[], float]] = {}
        calls: dict[str, Calls] = {}
        for name, module, events in (
            (PLACE, at.handlers[1], _orders()),
            (STOCK, at.handlers[0], _reads()),
        ):
            calls[name] = _calls(module, events)
            cases[name] = partial(_once, module.handler, events)
            cases[f"bare {name}"] = partial(_once, bare, _replayed(calls[name]))
            cases[f"last {name}"] = partial(_once, bare, _replayed(calls[name][-1:]))
        in_turns(cases, _WARMING)
        taken = in_turns(cases, rounds)
        _check(at, 2 + len(cases) // 2 * (_WARMING + rounds))
    rows = [
        (
            name,
            ", ".join(method for method, _ in calls[name]),
            taken[name].milliseconds(),
            taken[f"bare {name}"].milliseconds(),
            taken[name].times(taken[f"bare {name}"]),
            taken[name].times(taken[f"last {name}"]),
        )
        for name in (PLACE, STOCK)
    ]
    return Table(
        "Warm request",
        f"CPU time of this process, {rounds} requests in turns, on MiniStack's DynamoDB in a "
        "process of its own; the bare handler makes the same calls. Least / median.",
        (
            "request",
            "calls to the store",
            "CPU ms",
            "bare, CPU ms",
            "times bare",
            "times bare, last call alone",
        ),
        rows,
    )


def _orders() -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        headers = {"Idempotency-Key": f"key-{number}"}
        yield event("POST", "/v1/orders", "/v1/orders", order(), headers)


def _reads() -> Iterator[dict[str, Any]]:
    while True:
        yield event("GET", "/v1/stock/{sku}", "/v1/stock/A")


def _replayed(calls: Calls) -> Iterator[dict[str, Any]]:
    replay = Replay(calls)
    while True:
        yield replay.event()


def _calls(module: Any, events: Iterator[dict[str, Any]]) -> Calls:
    """Return what a warm request asks of the store: the second one's, when rights are known."""
    _once(module.handler, events)
    with recorded(module.dynamodb) as calls:
        _once(module.handler, events)
    return calls


def _once(handler: Handler, events: Iterator[dict[str, Any]]) -> float:
    request, context = next(events), LambdaContext()
    began = time.process_time()
    answer = handler(request, context)
    taken = time.process_time() - began
    if answer["statusCode"] not in _OK:
        raise RuntimeError(answer["body"])
    return taken


def _check(shop: Shop, orders: int) -> None:
    """Raise unless both handlers wrote an order for each of their requests."""
    found = sum(item["sk"] == "HEADER" for item in shop.items())
    if found != orders:
        raise RuntimeError(f"{found} orders stand, {orders} were asked for")
