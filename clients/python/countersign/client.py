"""The client: one pooled session, time-outs on every call, retries where they are safe."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import requests
from requests_aws4auth import AWS4Auth

from countersign.errors import CountersignError, NoAnswerError, problem
from countersign.retry import SAFE_METHODS, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from countersign.target import Target

Json = dict[str, Any]

IDEMPOTENCY_HEADER = "Idempotency-Key"
TENANT_HEADER = "Countersign-Tenant"
TIMEOUTS = (3.05, 30.0)
"""Seconds to connect, and between two bytes of an answer: API Gateway itself gives up at 29."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer: its status, its headers and its decoded JSON (None when it has no body)."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class Client:
    """Calls one deployment's signed door as one registered role.

    Safe to share between threads as `requests` sessions are: for reading pools, yes; close it once.
    """

    target: Target
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    _session: requests.Session = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Open the session; the first call fetches the role's credentials."""
        session = requests.Session()
        session.auth = AWS4Auth(
            region=self.target.region,
            service="execute-api",
            refreshable_credentials=self.target.credentials(),
        )
        if self.target.aws_ca_bundle is not None:
            session.trust_env = False  # REQUESTS_CA_BUNDLE would win over `verify`
            session.verify = self.target.aws_ca_bundle
        session.headers["Accept"] = "application/json"
        if self.target.tenant is not None:
            session.headers[TENANT_HEADER] = self.target.tenant
        self._session = session

    def __enter__(self) -> Self:
        """Return the client itself; leaving the block closes its connections."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the pooled connections."""
        self._session.close()

    def put_product(self, sku: str, product: Json) -> Json:
        """Create or change a product; `opening_stock` counts only when it is new."""
        return self._body("PUT", f"/v1/products/{quote(sku, safe='')}", product)

    def product(self, sku: str) -> Json:
        """Return a product; raise NotFoundError."""
        return self._body("GET", f"/v1/products/{quote(sku, safe='')}")

    def stock(self, sku: str) -> Json:
        """Return a SKU's stock, summed and by location; raise NotFoundError."""
        return self._body("GET", f"/v1/stock/{quote(sku, safe='')}")

    def place_order(self, order: Json, key: str | None = None) -> Json:
        """Place an order and return it as it stands.

        `key` is the Idempotency-Key: the same key and order is the same order, however often it
        is sent. Without one, a new one serves this call and its retries. Raises ConflictError
        with code `out_of_stock` when a line cannot be had.
        """
        return self._body("POST", "/v1/orders", order, key or str(uuid.uuid4()))

    def order(self, order_id: str) -> Json:
        """Return an order; raise NotFoundError."""
        return self._body("GET", f"/v1/orders/{quote(order_id, safe='')}")

    def return_lines(self, order_id: str, returned: Json, key: str | None = None) -> Json:
        """Take back some of an order's lines and return the return; `key` as in place_order."""
        path = f"/v1/orders/{quote(order_id, safe='')}/returns"
        return self._body("POST", path, returned, key or str(uuid.uuid4()))

    def call(self, method: str, path: str, body: object = None, key: str | None = None) -> Answer:
        """Make one signed call and return its answer; raise a Problem outside 2xx.

        Made again when the service was busy or the connection broke, provided that the method is
        safe to repeat or that the call carries an Idempotency-Key.
        """
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        attempt = 1
        while True:
            try:
                return self._once(method, path, data, key)
            except CountersignError as failure:
                repeatable = method in SAFE_METHODS or key is not None
                pause = self.retry.pause(failure, attempt, repeatable=repeatable)
                if pause is None:
                    raise
                time.sleep(pause)
                attempt += 1

    def _body(self, method: str, path: str, body: object = None, key: str | None = None) -> Json:
        found: Json = self.call(method, path, body, key).body
        return found

    def _once(self, method: str, path: str, data: bytes | None, key: str | None) -> Answer:
        headers = {} if data is None else {"Content-Type": "application/json"}
        if key is not None:
            headers[IDEMPOTENCY_HEADER] = key
        try:
            answer = self._session.request(
                method, self.target.url + path, data=data, headers=headers, timeout=TIMEOUTS
            )
        except (requests.ConnectionError, requests.Timeout) as error:
            raise NoAnswerError(f"{method} {path}: {error}") from error
        if not answer.ok:
            raise problem(answer.status_code, _json(answer), _seconds(answer))
        return Answer(answer.status_code, answer.headers, _json(answer))


def _json(answer: requests.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return {"detail": answer.text[:200]}


def _seconds(answer: requests.Response) -> float | None:
    """Read Retry-After when it is a number of seconds; its date form is not used here."""
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
