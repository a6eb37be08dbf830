"""A key, a token, a session of each and a role, on warm functions with one clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import Forbidden
from core.web.callers import who_calls
from tests.support.doors import LambdaContext, as_role, event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.store.access import StoredRegistry
    from tests.fakes.clock import FakeClock
    from tests.functions.authorizer.conftest import Desk

ALL = {"first key", "session", "token", "token's session", "role"}


@dataclass
class Scene:
    """A key, a token, a session of each and a role, all of `main`, and the operator."""

    desk: Desk
    admin: Any
    handler: StoredRegistry
    shown: dict[str, str]

    @property
    def clock(self) -> FakeClock:
        """Everybody's clock."""
        return self.desk.clock

    def ask(self, action: str, **told: Any) -> dict[str, Any]:
        """Invoke the operator's function."""
        return dict(self.admin.handler({"action": action, **told}, LambdaContext()))

    def take(self) -> None:
        """Make a first key, and have tokens and sessions issued now."""
        key = self.ask("bootstrap", tenant="main", scopes=["stock:read"], vends=["stock:read"])
        issued = f"{self.clock.now() // 1000:08x}"
        self.shown = {
            "first key": key["key"],
            "id": key["id"],
            "session": f"cs1.main.{key['id']}.{issued}",
        }
        self.take_from_client()

    def take_from_client(self) -> None:
        """Have the client's token and session issued now."""
        now = self.clock.now() // 1000
        self.shown |= {
            "token": self.desk.token(scope="stock:read", exp=now + 900),
            "token's session": f"cs1.main.portal.{now:08x}",
        }

    def let_in(self) -> set[str]:
        """Return what opens something now."""
        found = {
            "first key": self.desk.status(self.desk.event(self.shown["first key"])) == 0,
            "token": self.desk.status(self.desk.event(token=self.shown["token"])) == 0,
            "session": self._signed(as_role("Vended", session=self.shown["session"])),
            "token's session": self._signed(
                as_role("Vended", session=self.shown["token's session"])
            ),
            "role": self._signed(as_role("Caller")),
        }
        return {name for name, opens in found.items() if opens}

    def _signed(self, identity: Mapping[str, Any]) -> bool:
        made = event("GET", "/v1/stock", "/v1/stock", identity=identity)
        try:
            who_calls(made, self.handler, "Vended", self.clock.now())
        except Forbidden:
            return False
        return True
