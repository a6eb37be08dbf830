"""What the tests of the customers' routes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.doors import ask

if TYPE_CHECKING:
    from tests.support.doors import Reply
    from tests.support.shop import Shop

ANN = {"external_id": "ext-1", "email": "Ann@Example.org", "first_name": "Ann"}


@dataclass(slots=True)
class People:
    """A shop's customers: every route, called by its name with a new Idempotency-Key."""

    shop: Shop
    keys: int = 0

    def call(self, name: str, body: object = None, of: str = "", **more: Any) -> Reply:
        """Call a route, for the customer with that id if it names one."""
        self.keys += 1
        more.setdefault("key", f"new-{self.keys}")
        return ask(self.shop.door, name, body, path={"id": of}, **more)

    def put(self, **body: Any) -> dict[str, Any]:
        """Make a customer, or give one what is new; return him."""
        reply = self.call("put_customer", body or ANN)
        assert reply.status == 200, reply.text
        made: dict[str, Any] = reply.json
        return made

    def get(self, of: str) -> dict[str, Any]:
        """Return a customer."""
        found: dict[str, Any] = self.call("get_customer", of=of).json
        return found

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Return the core table's items of a kind (`GUARD`)."""
        return [i for i in self.shop.items() if i["pk"].split("#")[1] == kind]


@pytest.fixture
def people(shop: Shop) -> People:
    """Return the customers of an empty shop."""
    return People(shop)
