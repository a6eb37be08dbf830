"""The routes of API keys by their names, called with two proofs through either door."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.access import handover
from core.access.principal import Kind, Proof, principal
from core.access.scopes import SCOPES, VENDABLE
from core.routes import Door, route
from tests.support import tables
from tests.support.credentials import Made, make_key
from tests.support.doors import ACCOUNT, as_role, event, token_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.support.doors import Reply
    from tests.support.shop import Shop

ROUTES = ("list_keys", "create_key", "get_key", "rotate_key", "revoke_key")
ONE: dict[str, Any] = {"name": "one", "scopes": ["stock:read"]}
BODIES: dict[str, Any] = {"create_key": ONE, "rotate_key": {"overlap_seconds": 60}}


@dataclass
class KeyDesk:
    """Calls as a manager who shows a role (or, at the token door, a client's token) and a key."""

    shop: Shop
    door: Door
    manager: Made
    _keys: Iterator[int] = field(default_factory=count)

    def call(
        self,
        name: str,
        body: object = None,
        *,
        id: str = "",  # noqa: A002 - the parameter's name in the path
        query: Mapping[str, str] | None = None,
        manager: Made | None = None,
        tenant: str = "main",
        headers: Mapping[str, str] | None = None,
        proofs: Iterable[Proof] | None = None,
        identity: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Call a route with the manager's two proofs, unless told otherwise.

        `proofs` stand in for both at the token door, `identity` and `headers` at the signed one.
        """
        of = route(name)
        path = of.path.replace("{id}", quote(id, safe=""))
        sent = {"Idempotency-Key": f"k{next(self._keys)}"} if of.idempotent_by_key else {}
        shown = manager or self.manager
        if self.door is Door.SIGNED:
            sent |= {"X-API-Key": shown.text} if proofs is None else {}
            caller = identity or as_role("Manager" if tenant == "main" else "OtherManager")
            made = event(
                of.method, of.path, path, body, sent | dict(headers or {}), identity=caller
            )
        else:
            both = (client(tenant), proof_of(shown)) if proofs is None else tuple(proofs)
            said = handover.written(principal(Door.TOKEN, "", both))
            made = token_event(
                of.method, of.path, path, body, sent | dict(headers or {}), authorizer=said
            )
        made["queryStringParameters"] = dict(query) if query else None
        return self.shop.door.call(made)

    def some(self, name: str, **more: Any) -> Reply:
        """Call a route as it is meant to be called, on a key that is there."""
        if "{id}" in route(name).path and "id" not in more:
            more["id"] = self.make()["id"]
        return self.call(name, more.pop("body", BODIES.get(name)), **more)

    def make(self, **body: Any) -> dict[str, Any]:
        """Make a key that may read stock, unless told otherwise; return the answer."""
        reply = self.call("create_key", ONE | body)
        assert reply.status == 201, reply.text
        made: dict[str, Any] = reply.json
        return made

    def shown(self, key_id: str) -> dict[str, Any]:
        """Return a key as it is shown."""
        reply = self.call("get_key", id=key_id)
        assert reply.status == 200, reply.text
        found: dict[str, Any] = reply.json
        return found

    def opens(self, text: str) -> bool:
        """Return whether a key lets somebody in now, with no memory of before.

        Shown as a second proof beside a good signature, whose answer is 401 if it does not.
        """
        for module in self.shop.handlers:
            module.edge.registry._cache.clear()
        reply = self.shop.door.get_stock("NONE", headers={"X-API-Key": text})
        assert reply.status in {401, 403, 404}, reply.text
        return reply.status != 401

    def audited(self) -> list[dict[str, Any]]:
        """Return the audit entries in their order."""
        return sorted(self.shop.items(tables.AUDIT), key=lambda i: str(i["sk"]))


def open_desk(shop: Shop, door: Door) -> KeyDesk:
    """Register managers of both tenants and return a desk at a door."""
    shop.tenancy.put_role(ACCOUNT, "Manager", {"main": sorted(SCOPES)})
    shop.tenancy.put_role(ACCOUNT, "OtherManager", {"other": sorted(SCOPES)})
    manager = make_key("main", SCOPES, VENDABLE)
    shop.put_credential(manager.credential)
    return KeyDesk(shop, door, manager)


def manager_of(shop: Shop, tenant: str, scopes: Iterable[str] = SCOPES) -> Made:
    """Return another manager's key, which the shop knows."""
    made = make_key(tenant, scopes, VENDABLE & frozenset(scopes))
    shop.put_credential(made.credential)
    return made


def client(tenant: str = "main", scopes: Iterable[str] = SCOPES) -> Proof:
    """Return what a token of a client proves."""
    held = frozenset(scopes)
    return Proof(Kind.TOKEN, "client/back-office", "client/back-office", tenant, held, VENDABLE)


def proof_of(made: Made) -> Proof:
    """Return what a key proves."""
    it = made.credential
    return Proof(Kind.KEY, it.principal_id, it.origin_id, it.tenant, it.scopes, it.vends)
