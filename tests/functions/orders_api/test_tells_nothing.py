"""No answer holds anything of the inside, whatever breaks in whatever call of AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from core.errors import Misconfigured
from core.routes import ROUTES
from tests.support.doors import event
from tests.support.problems import assert_safe
from tests.support.shop import HANDLERS, order

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.shop import Shop

MARK = "marked-inside"
TOLD = (
    f"User: arn:aws:sts::123456789012:assumed-role/{MARK} is not authorized on resource: "
    f"arn:aws:dynamodb:eu-west-1:123456789012:table/{MARK}-core; HubSpot said: {MARK}"
)
INSIDE = re.compile(
    rf"{MARK}|arn:|Traceback|\bFile \"|line \d+|boto|dynamodb|table/|core-table|HubSpot said|"
    r"Exception|Error\b(?!\")|pydantic|NoneType",
    re.IGNORECASE,
)
"""`Error` stands in a title of HTTP's own, Internal Server Error, before a quotation mark."""


def _client(code: str) -> Callable[[str], Exception]:
    said: Any = {"Error": {"Code": code, "Message": TOLD}, "Message": TOLD}
    return lambda operation: ClientError(said, operation)


BREAKS: dict[str, Callable[[str], Exception]] = {
    **{
        code: _client(code)
        for code in (
            "AccessDeniedException",
            "ResourceNotFoundException",
            "ValidationException",
            "ConditionalCheckFailedException",
            "TransactionCanceledException",
            "ProvisionedThroughputExceededException",
            "ThrottlingException",
            "ItemCollectionSizeLimitExceededException",
            "InternalServerError",
            "KMSAccessDeniedException",
            "UnrecognizedClientException",
            MARK,
        )
    },
    "no connection": lambda _: EndpointConnectionError(endpoint_url=f"https://{MARK}.example"),
    "a time-out": lambda _: ReadTimeoutError(endpoint_url=f"https://{MARK}.example"),
    "a bug": lambda _: KeyError(f"{MARK}#SKU#table/{MARK}"),
    "recursion": lambda _: RecursionError(MARK),
    "one of ours": lambda _: Misconfigured("code", "Public.", internal=TOLD),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_inside_is_told_to_the_log_alone(shop: Shop, name: str) -> None:
    """Guarantee: a failing call of AWS shows no name, ARN, trace or foreign words, on any route."""
    shop.stock("A", 3)

    def broken(_: object, operation: str, __: object) -> object:
        raise BREAKS[name](operation)

    with (
        patch("botocore.client.BaseClient._make_api_call", broken),
        patch("core.contention.PATIENCE_MS", 0),
    ):
        found = set()
        for route in ROUTES:
            if route.function not in HANDLERS or not route.live:
                continue
            path = route.path.format_map(dict.fromkeys(route.path_parameters, "A"))
            body = None if route.method == "GET" else order()
            headers = {"Idempotency-Key": "k"}
            reply = shop.door.call(event(route.method, route.path, path, body, headers))
            assert reply.status >= 400, (route.name, reply.text)
            assert not INSIDE.search(reply.text), (route.name, reply.text)
            assert not INSIDE.search(str(dict(reply.headers))), route.name
            assert_safe(reply)
            found.add(reply.status)
    assert found & {500, 503}
