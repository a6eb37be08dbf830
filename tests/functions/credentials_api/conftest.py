"""The token door with its authorizer in front of `credentials_api`, and keys to vend with."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from tests.support import tables
from tests.support.credentials import make_key
from tests.support.shop import ENVIRONMENT
from tests.support.token_door import TokenDoor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.access.credential import Credential
    from tests.support.doors import Reply
    from tests.support.shop import Shop

VENDS = frozenset({"stock:read", "orders:place"})


@dataclass
class Till:
    """The function and who calls it; `asked` are the calls of STS, `audited` the entries."""

    shop: Shop
    door: TokenDoor
    module: Any
    key: str
    credential: Credential

    def vend(
        self, body: object = None, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST /v1/credentials with a key, the till's own unless told."""
        sent = {"X-API-Key": self.key if key is None else key} | dict(headers or {})
        return self.door.call("POST", "/v1/credentials", body, sent)

    def another(self, *vends: str, scopes: tuple[str, ...] = ("credentials:vend",)) -> str:
        """Return the text of another key of tenant `main`."""
        made = make_key("main", scopes, vends)
        self.shop.put_credential(made.credential)
        return made.text

    @property
    def audited(self) -> list[dict[str, Any]]:
        """The audit entries of vending."""
        found = self.shop.items(tables.AUDIT)
        return [entry for entry in found if entry["action"] == "credentials.vend"]


@pytest.fixture
def till(shop: Shop) -> Till:
    """Return the function with a key that vends for tenant `main`."""
    with patch.dict(os.environ, ENVIRONMENT):
        authorizer = importlib.import_module("authorizer.handler")
    authorizer.registry._cache.clear()
    module = importlib.import_module("credentials_api.handler")
    module.vending.share._leases.clear()
    made = make_key("main", ["credentials:vend"], VENDS)
    shop.put_credential(made.credential)
    return Till(shop, TokenDoor(authorizer, shop.door), module, made.text, made.credential)


@pytest.fixture
def asked(till: Till) -> Iterator[list[dict[str, Any]]]:
    """Return what STS is asked, call by call."""
    sent: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append(dict(params))

    events = till.module.sts.meta.events
    events.register_first("provide-client-params.sts.AssumeRole", note)
    yield sent
    events.unregister("provide-client-params.sts.AssumeRole", note)
