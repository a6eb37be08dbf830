"""One marked person through every way in and every error: his data stays in the tables."""

from __future__ import annotations

import json
import re
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e.portal import eventually
from tests.e2e.test_webhook import sent
from tests.support.tables import everything

if TYPE_CHECKING:
    from collections.abc import Iterator

    from countersign import Client
    from local.system import System
    from tests.e2e.door import SignedDoor
    from tests.e2e.portal import HubspotPortal
    from tests.e2e.token_door import TokenDoor

MARK = "zqmarker"
DIGITS = "2079460958"
PERSON = {
    "email": f"{MARK}.mail@example.com",
    "first_name": f"{MARK}first",
    "last_name": f"{MARK}last",
    "phone": "+44 20 7946 0958",
}
SKU = "MARKED-1"
KEY = f"csk_main_01m806gq69ytrbhb27yd9exy9b_{MARK}{'8' * 43}"
TOKEN = f"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0In0{MARK}.c2ln{MARK}"
RULE = {"type": "contacts", "property": "firstname", "pattern": f".*{MARK}refused.*"}


def marks(text: str) -> list[str]:
    """Return each trace of the person or of what he presented, with what stands around it."""
    found = re.finditer(rf".{{0,60}}(?i:{MARK}|%2b442079460958|7946[ -]?0958).{{0,60}}", text)
    return [one.group() for one in found]


@pytest.fixture(scope="module", autouse=True)
def lived(
    system: System,
    client: Client,
    door: SignedDoor,
    token_door: TokenDoor,
    hubspot: HubspotPortal,
) -> None:
    """Let the person order, be refused in every way, and let HubSpot and its operators err."""
    stock = [{"location": "main", "quantity": 10}]
    body = {"name": "Mug", "price": 255, "currency": "GBP", "opening_stock": stock}
    client.put_product(SKU, body)
    placed = _order(door, PERSON)
    assert placed.status_code == 201, placed.text
    refusals = _refused_at_the_doors(door, token_door)
    assert all(400 <= status < 500 for status in refusals), refusals
    requests.post(f"{hubspot.url}/_twin/rules", json=RULE | {"refuses": True}, timeout=5)
    refused = _order(
        door, PERSON | {"email": f"{MARK}2@example.com", "first_name": f"{MARK}refused"}
    )
    _told_wrongly(system)
    for order in (placed.json(), refused.json()):
        eventually(partial(hubspot.find, "orders", "countersign_order_id", order["id"]))
    eventually(lambda: next(iter(_parked(system)), None))
    requests.delete(f"{hubspot.url}/_twin/rules", timeout=5)


def _order(door: SignedDoor, customer: object, key: str = "", **more: Any) -> requests.Response:
    order = {"currency": "GBP", "customer": customer, "lines": [{"sku": SKU, "quantity": 1}]}
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return door.call("POST", "/v1/orders", order | more, headers=headers)


def _refused_at_the_doors(door: SignedDoor, token_door: TokenDoor) -> list[int]:
    """Return the statuses of calls that name the person and are each refused for another reason."""
    key = str(uuid.uuid4())
    answers = [
        _order(door, PERSON | {"email": f"{MARK} no address"}),
        _order(door, PERSON | {f"{MARK}field": PERSON["phone"]}),
        _order(door, [PERSON]),
        _order(door, PERSON, lines=[{"sku": SKU, "quantity": 1_000}]),
        _order(door, PERSON, lines=[{"sku": f"{MARK}-sku", "quantity": 1}], currency="GBP"),
        _order(door, PERSON, key=f"{PERSON['email']} {key}"),
        door.call("GET", f"/v1/orders/{PERSON['email']}"),
        door.call("POST", "/v1/orders", b'{"customer": {"email": "' + MARK.encode()),
        token_door.call("GET", f"/v1/orders/{MARK}", key=KEY),
        token_door.call("GET", "/v1/stock", token=TOKEN),
        token_door.call("GET", "/v1/stock", headers={"Cookie": f"session={MARK}"}),
    ]
    return [answer.status_code for answer in answers]


def _told_wrongly(system: System) -> None:
    """Send webhooks with values, and events that no function understands."""
    event = {"subscriptionType": "object.propertyChange", "objectTypeId": "0-1", "objectId": 1}
    body = json.dumps([event | {"propertyName": "email", "propertyValue": PERSON["email"]}])
    sent(system, body.encode())
    sent(system, body.encode(), signed=b"another")
    functions = system.endpoint.session().client("lambda")
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            functions.invoke(FunctionName=function["FunctionName"], Payload=json.dumps(_wrong()))


def _wrong() -> dict[str, Any]:
    text = f"{PERSON['email']} {PERSON['phone']} {KEY}"  # a name in free text is a word like others
    record = {"body": json.dumps({"tenant": text}), "dynamodb": {"Keys": {text: text}}}
    return {"action": text, "tenant": text, "Records": [record], "headers": {"Cookie": text}}


def _parked(system: System) -> list[dict[str, Any]]:
    dynamodb = system.endpoint.session().client("dynamodb")
    items = everything(dynamodb, "Countersign-core")
    return [item for item in items if "#PARKED#contacts" in item["pk"]["S"]]


def test_the_tables_hold_the_person(system: System) -> None:
    """Guarantee: the search finds what is there, so finding nothing elsewhere counts."""
    dynamodb = system.endpoint.session().client("dynamodb")
    assert marks(json.dumps(everything(dynamodb, "Countersign-core"), default=str))


def test_no_log_holds_the_person(system: System) -> None:
    """Guarantee: no line of any log group holds him; metrics are such lines, errors are too."""
    logs = system.endpoint.session().client("logs")
    lines = [line for group in _groups(logs) for line in _lines(logs, group)]
    assert len(lines) > 20
    found = [mark for line in lines for mark in marks(line)]
    assert not found, "\n".join(found)


def test_no_queue_parked_record_or_other_table_holds_the_person(system: System) -> None:
    """Guarantee: what waits for an operator, and who did what, names nobody."""
    dynamodb = system.endpoint.session().client("dynamodb")
    elsewhere = [*_parked(system), *everything(dynamodb, "Countersign-access")]
    elsewhere += everything(dynamodb, "Countersign-audit")
    sqs = system.endpoint.session().client("sqs")
    elsewhere += [{"body": body} for body in _messages(sqs)]
    found = marks(json.dumps(elsewhere, default=str))
    assert not found, "\n".join(found)


def _groups(logs: Any) -> Iterator[str]:
    for page in logs.get_paginator("describe_log_groups").paginate():
        yield from (group["logGroupName"] for group in page["logGroups"])


def _lines(logs: Any, group: str) -> Iterator[str]:
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        yield from (event["message"] for event in page["events"])


def _messages(sqs: Any) -> Iterator[str]:
    """Yield what lies in queues that nobody reads but a person."""
    for url in sqs.list_queues()["QueueUrls"]:
        if "Failures" in url or "DeadLetters" in url:
            answer = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
            )
            yield from (message["Body"] for message in answer.get("Messages", []))
