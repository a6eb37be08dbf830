"""What the tests of changed, listed and batched orders share: a shop with stock, and its calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.doors import ask
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.doors import Reply
    from tests.support.shop import Shop


@dataclass(frozen=True, slots=True)
class Orders:
    """A shop with a hundred of `A`."""

    shop: Shop

    def placed(self, *lines: dict[str, Any], key: str = "placed", **more: Any) -> str:
        """Place an order and return its id."""
        reply = self.shop.door.place(order(*lines, **more), key)
        assert reply.status == 201, reply.text
        return str(reply.json["id"])

    def ask(self, name: str, order_id: str = "", body: object = None, **more: Any) -> Reply:
        """Call a route of an order; the answer must be one that is documented."""
        path = {"id": order_id} if order_id else {}
        return ask(self.shop.door, name, body, path=path, **more)

    def to(self, order_id: str, state: str, key: str | None = None, **more: Any) -> Reply:
        """Ask for a state."""
        return self.ask("change_order", order_id, {"to": state}, key=key or f"to-{state}", **more)

    def stock(self) -> tuple[int, int]:
        """Return what of `A` is available and reserved."""
        found = self.shop.door.get_stock("A").json
        return found["available"], found["reserved"]
