"""Calls of a caller, broken on purpose, and what the doctor finds in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countersign import Client, Target
from countersign.doctor.diagnosis import findings
from countersign.doctor.exchange import Exchange, observe
from countersign.retry import RetryPolicy
from tests.clients_python.people import REGION
from tests.clients_python.wire import HOST, wired

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest

    from countersign.flavours import Flavour
    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

ONCE = RetryPolicy(attempts=1)
GET = ("GET", "/v1/stock/A?limit=5&cursor=a%20b", None)
POST = ("POST", "/v1/orders", {"currency": "GBP"})


@dataclass(slots=True)
class Patient:
    """Calls of one caller to a deployment on AWS, as its host names have it."""

    gateway: Gateway
    people: People

    def observed(
        self,
        flavour: Flavour,
        call: tuple[str, str, object] = GET,
        *,
        change: Callable[[PreparedRequest], None] = lambda _request: None,
        tenant: str | None = None,
        base: str = f"https://{HOST}",
        stage: str | None = None,
    ) -> Exchange:
        """Make a call and return what was seen of it."""
        door = flavour.door
        url = f"{base}/{door if stage is None else stage}".rstrip("/")
        target = Target(url, REGION, token_url=url, tenant=tenant)
        with Client(target, ONCE, flavour) as client:
            return observe(wired(client, self.gateway.port, change), *call)

    def codes(self, flavour: Flavour, *args: object, **more: object) -> list[str]:
        """Return the codes of what the doctor finds."""
        seen = self.observed(flavour, *args, **more)  # type: ignore[arg-type]
        return [one.code for one in findings(seen)]


def set_to(**changes: object) -> Callable[[PreparedRequest], None]:
    """Return what sets attributes of a request after it was proven."""

    def change(request: PreparedRequest) -> None:
        for name, value in changes.items():
            setattr(request, name, value)

    return change


def with_header(name: str, value: str | None) -> Callable[[PreparedRequest], None]:
    """Return what sets or removes a header after the proof."""

    def change(request: PreparedRequest) -> None:
        request.headers.pop(name, None)
        if value is not None:
            request.headers[name] = value

    return change
