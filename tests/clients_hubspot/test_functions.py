"""Each app function: what it sends, what it answers, and what it refuses to send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import HERE, ORDER, node, secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.clients_hubspot.conftest import Functions
    from tests.clients_hubspot.door import Door

SUMMARY = {"id": "01order", "state": "placed", "total": 510, "stages": {"placed": "2026-11-21"}}
LINES = [{"number": 1, "quantity": 2}]
GOOD: dict[str, dict[str, Any]] = {
    "stock": {"sku": "TEE-M"},
    "place-order": {"order": ORDER, "idempotencyKey": "k"},
    "order-state": {"orderId": "01order"},
    "return-lines": {"orderId": "01order", "lines": LINES, "idempotencyKey": "k"},
}


def test_stock_is_read(functions: Functions, door: Door) -> None:
    """A SKU of any characters is asked for as one path segment, and the API's answer handed on."""
    level = {"sku": "Tee /ß+1", "available": 3, "reserved": 1, "on_hand": 4, "levels": []}
    door.planned.append(Answer(200, level))
    assert functions.run("stock", {"sku": "Tee /ß+1"}).result == {"ok": True, "stock": level}
    (request,) = door.received
    assert (request.method, request.body) == ("GET", b"")
    assert request.target.endswith("/v1/stock/Tee%20%2F%C3%9F%2B1")
    assert door.authentic(request)


def test_an_orders_state_is_read(functions: Functions, door: Door) -> None:
    """The order comes back without its lines and charges, which may be many."""
    door.planned.append(Answer(200, SUMMARY | {"lines": LINES, "charges": []}))
    result = functions.run("order-state", GOOD["order-state"]).result
    assert result == {"ok": True, "order": SUMMARY}
    (request,) = door.received
    assert (request.method, request.body) == ("GET", b"")
    assert request.target.endswith("/v1/orders/01order")


@pytest.mark.parametrize("extra", [{}, {"restock": False, "reason": "worn"}])
def test_lines_are_taken_back(functions: Functions, door: Door, extra: dict[str, object]) -> None:
    """The body holds what was given and no more; the key is sent and handed back."""
    result = functions.run("return-lines", GOOD["return-lines"] | extra).result
    assert (result["ok"], result["idempotencyKey"]) == (True, "k")
    assert result["returned"]["lines"] == LINES
    (request,) = door.received
    assert request.method == "POST"
    assert request.target.endswith("/v1/orders/01order/returns")
    assert json.loads(request.body) == {"lines": LINES} | extra
    assert request.headers["idempotency-key"] == "k"


@pytest.mark.parametrize("name", GOOD)
def test_a_refusal_is_a_result(functions: Functions, door: Door, name: str) -> None:
    """The API's problem comes back as it was, final, and with the key where there is one."""
    problem = {"type": "about:blank", "title": "No", "status": 404, "code": "not_found"}
    door.planned.append(Answer(404, problem))
    result = functions.run(name, GOOD[name]).result
    key = {"idempotencyKey": "k"} if "idempotencyKey" in GOOD[name] else {}
    assert result == {"ok": False, "problem": problem, "retryable": False} | key


FAULTS: dict[str, list[tuple[dict[str, object], str]]] = {
    "stock": [({"sku": ""}, "sku"), ({"sku": 7}, "sku"), ({"sku": None}, "sku")],
    "order-state": [({"orderId": None}, "orderId"), ({"orderId": ["a"]}, "orderId")],
    "return-lines": [
        ({"orderId": ""}, "orderId"),
        ({"lines": []}, "lines"),
        ({"lines": "all"}, "lines"),
        ({"idempotencyKey": 7}, "idempotencyKey"),
    ],
    "place-order": [
        ({"order": None}, "order"),
        ({"order": {"currency": "GBP", "lines": []}}, "order.lines"),
        ({"order": {"currency": "pounds", "lines": [{}]}}, "order.currency"),
        ({"idempotencyKey": ""}, "idempotencyKey"),
        ({"idempotencyKey": "k\nx"}, "idempotencyKey"),
        ({"idempotencyKey": "é"}, "idempotencyKey"),
        ({"idempotencyKey": "k" * 256}, "idempotencyKey"),
    ],
}


@pytest.mark.parametrize("name", GOOD)
def test_what_makes_no_sense_is_not_sent(project: Path, door: Door, name: str) -> None:
    """Malformed parameters are refused with their field, before the network and any credentials."""
    sent = [{"parameters": GOOD[name] | wrong} for wrong, _ in FAULTS[name]]
    for result, (wrong, field) in zip(called(project, door, name, sent), FAULTS[name], strict=True):
        assert result["problem"]["status"] == 400, wrong
        assert [e["field"] for e in result["problem"]["errors"]] == [field]
        assert result.get("idempotencyKey") is None
    assert door.received == door.vending.received == []


@pytest.mark.parametrize("name", GOOD)
def test_no_parameters_are_a_result_too(project: Path, door: Door, name: str) -> None:
    """A function that is called with nothing, or with no object, answers and does not throw."""
    nothing: tuple[object, ...] = (None, 7, "text", [])
    contexts: list[dict[str, object]] = [{}]
    contexts.extend({"parameters": parameters} for parameters in nothing)
    for result in called(project, door, name, contexts):
        assert (result["ok"], result["problem"]["status"]) == (False, 400)


def test_an_endpoint_gets_a_status(project: Path, door: Door) -> None:
    """With a method, as at an endpoint, HubSpot gets status and body; a refusal keeps its own."""
    problem = {"title": "No", "status": 404, "code": "not_found"}
    door.planned.extend([None, Answer(404, problem)])
    contexts = [{"method": "POST", "body": GOOD["stock"]}] * 2
    found, missing = called(project, door, "stock", contexts)
    assert (found["statusCode"], found["body"]["ok"]) == (200, True)
    assert (missing["statusCode"], missing["body"]["problem"]["code"]) == (404, "not_found")


def called(project: Path, door: Door, name: str, contexts: Sequence[dict[str, Any]]) -> list[Any]:
    """Call a built function with each context, in one process as a warm function is."""
    built = project / "dist/app/functions" / f"{name}.js"
    done = node(HERE / "contexts.mjs", built, json.dumps(contexts), **secrets(door)).result
    return [each["result"] for each in done]
