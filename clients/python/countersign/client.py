"""The client: one pooled session, time-outs on every call, retries where they are safe."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import requests

from countersign.answer import Answer, decoded, retry_after
from countersign.errors import CountersignError, NoAnswerError, SettingsError, problem
from countersign.flavours import Signed
from countersign.retry import SAFE_METHODS, RetryPolicy

if TYPE_CHECKING:
    from types import TracebackType

    from countersign.flavours import DoorName, Flavour
    from countersign.target import Target

Json = dict[str, Any]

IDEMPOTENCY_HEADER = "Idempotency-Key"
TENANT_HEADER = "Countersign-Tenant"
TIMEOUTS = (3.05, 30.0)
"""Seconds to connect, and between two bytes of an answer: API Gateway itself gives up at 29."""

_REFUSED = frozenset({requests.codes.unauthorized, requests.codes.forbidden})


@dataclass(slots=True)
class Client:
    """Calls one deployment as one caller, at the door that its flavour opens.

    Without a flavour it signs, as the target's role or with the caller's own AWS credentials. Safe
    to share between threads as `requests` sessions are: for reading pools, yes; close it once.
    """

    target: Target
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    flavour: Flavour | None = None
    _proof: Flavour = field(init=False, repr=False)
    _session: requests.Session = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Open the session; the first call fetches credentials."""
        self._proof = self.flavour or Signed(self.target.region, self.target.credentials())
        session = requests.Session()
        session.auth = self._proof
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

    @property
    def door(self) -> DoorName:
        """The door that it calls."""
        return self._proof.door

    @property
    def proof(self) -> Flavour:
        """What proves who calls."""
        return self._proof

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

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        key: str | None = None,
        *,
        repeatable: bool = False,
    ) -> Answer:
        """Make one call and return its answer; raise a Problem outside 2xx.

        Made again when the service was busy or the connection broke, provided that the method is
        safe to repeat, that the call carries an Idempotency-Key, or that it is called `repeatable`.
        """
        repeatable = repeatable or method in SAFE_METHODS or key is not None
        request = self.request(method, path, body, key)
        attempt = 1
        while True:
            try:
                return self._once(request)
            except CountersignError as failure:
                pause = self.retry.pause(failure, attempt, repeatable=repeatable)
                if pause is None:
                    raise
                time.sleep(pause)
                attempt += 1

    def request(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> requests.Request:
        """Return a call as it is before anything proves who makes it."""
        door = self.door
        base = self.target.url if door == "signed" else self.target.token_url
        if not base:
            raise SettingsError(f"where is the {door} door? Its URL is missing")
        headers = {} if body is None else {"Content-Type": "application/json"}
        if key is not None:
            headers[IDEMPOTENCY_HEADER] = key
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return requests.Request(method, base + path, headers=headers, data=data)

    def prove(self, request: requests.Request) -> requests.PreparedRequest:
        """Return the call with its proof, as it is to be sent."""
        return self._session.prepare_request(request)

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Send a call as it is and return whatever comes; raise NoAnswerError.

        A redirect is not followed: it would carry a key to another host.
        """
        settings = self._session.merge_environment_settings(request.url, {}, None, None, None)
        try:
            return self._session.send(request, timeout=TIMEOUTS, allow_redirects=False, **settings)
        except (requests.ConnectionError, requests.Timeout) as error:
            raise NoAnswerError(f"{request.method} {request.path_url}: {error}") from error

    def _body(self, method: str, path: str, body: object = None, key: str | None = None) -> Json:
        found: Json = self.call(method, path, body, key).body
        return found

    def _once(self, request: requests.Request) -> Answer:
        answer = self.send(self.prove(request))
        if answer.status_code in _REFUSED and self._proof.learn(answer):
            answer = self.send(self.prove(request))  # refused, so it cannot have taken effect
        if answer.status_code not in range(200, 300):
            raise problem(answer.status_code, decoded(answer), retry_after(answer))
        return Answer(answer.status_code, answer.headers, decoded(answer))
