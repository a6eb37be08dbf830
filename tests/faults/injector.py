"""Faults between botocore and DynamoDB, which neither moto nor MiniStack makes by itself.

An injector decides before each request whether it is answered with a conflict or a throttle,
never sent, or sent and its reply lost. It also remembers ClientRequestTokens, as DynamoDB does
for ten minutes and moto does not: a transaction that was sent again is not applied again.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_dynamodb import DynamoDBClient

    Deliver = Callable[[AWSPreparedRequest], AWSResponse]

WRITE = "TransactWriteItems"
_BEFORE = "before-send.dynamodb"
_OK = 200
_POOL = 64


class Fault(StrEnum):
    """What happens to one request."""

    CONFLICT = "another transaction holds an item"
    CANCELLED = "a partition throttles one of the actions"
    THROTTLE = "the table throttles the call"
    UNSENT = "the connection does not come about"
    LOST = "it is done, but its reply is lost"


class Faults:
    """The faults of one client's requests: `script` is used up first, then `decide` is asked."""

    def __init__(self, deliver: Deliver) -> None:
        """Keep how a request really reaches the store."""
        self._deliver = deliver
        self._applied: set[str] = set()
        self.script: list[Fault | None] = []
        self.decide: Callable[[str], Fault | None] = lambda _: None
        self.operations = frozenset({WRITE})
        self.writes: list[dict[str, Any]] = []

    def stop(self) -> None:
        """Let everything through from now on."""
        self.script.clear()
        self.decide = lambda _: None

    def __call__(
        self, request: AWSPreparedRequest, event_name: str, **_: Any
    ) -> AWSResponse | None:
        """Answer in the store's place, or let the request through."""
        operation = event_name.rsplit(".", 1)[1]
        if operation == WRITE:
            self.writes.append(_body(request))
        fault = None
        if operation in self.operations:
            fault = self.script.pop(0) if self.script else self.decide(operation)
        if fault is None or fault is Fault.LOST:
            reply = self._sent(request, operation)
            if fault is None:
                return reply
            raise ReadTimeoutError(endpoint_url=request.url)
        if fault is Fault.UNSENT:
            raise ConnectTimeoutError(endpoint_url=request.url)
        return _refusal(request, fault)

    def _sent(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        if operation != WRITE:
            return self._deliver(request)
        token = _body(request)["ClientRequestToken"]
        if token in self._applied:
            return _reply(request, _OK, {})
        reply = self._deliver(request)
        if reply.status_code == _OK:
            self._applied.add(token)
        return reply


@contextmanager
def injected(client: DynamoDBClient) -> Iterator[Faults]:
    """Put an injector before every request that a client sends over the wire."""
    faults = Faults(URLLib3Session(max_pool_connections=_POOL).send)
    events: Any = client.meta.events  # its types know no handler that answers
    events.register_first(_BEFORE, faults)
    try:
        yield faults
    finally:
        events.unregister(_BEFORE, faults)


@contextmanager
def injected_into_moto(client: DynamoDBClient) -> Iterator[Faults]:
    """Put an injector before moto, which would otherwise see a refused request all the same."""
    from moto.core.models import botocore_stubber

    def deliver(request: AWSPreparedRequest) -> AWSResponse:
        answered: AWSResponse | None = botocore_stubber(_BEFORE, request)
        assert answered is not None
        return answered

    faults = Faults(deliver)
    events: Any = client.meta.events  # its types know no handler that answers
    events.unregister("before-send", botocore_stubber)
    events.register_first(_BEFORE, faults)
    try:
        yield faults
    finally:
        events.unregister(_BEFORE, faults)
        events.register_last("before-send", botocore_stubber)


def _refusal(request: AWSPreparedRequest, fault: Fault) -> AWSResponse:
    prefix = "com.amazonaws.dynamodb.v20120810#"
    if fault is Fault.THROTTLE:
        kind = prefix + "ProvisionedThroughputExceededException"
        return _reply(request, 400, {"__type": kind, "message": "Too fast."})
    code = "TransactionConflict" if fault is Fault.CONFLICT else "ThrottlingError"
    count = len(_body(request)["TransactItems"])
    reasons = [{"Code": "None"}] * (count - 1) + [{"Code": code, "Message": "again"}]
    return _reply(
        request,
        400,
        {
            "__type": prefix + "TransactionCanceledException",
            "Message": f"Transaction cancelled, please refer to cancellation reasons [{code}]",
            "CancellationReasons": reasons,
        },
    )


def _body(request: AWSPreparedRequest) -> dict[str, Any]:
    sent: Any = request.body
    read: dict[str, Any] = json.loads(sent)
    return read


class _Raw(BytesIO):
    def stream(self) -> Iterator[bytes]:
        """Give the bytes as urllib3 does."""
        yield self.read()


def _reply(request: AWSPreparedRequest, status: int, body: dict[str, Any]) -> AWSResponse:
    headers: Any = {"Content-Type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, _Raw(json.dumps(body).encode()))
