"""The sweeper: what died in the middle is given back, of every tenant, and nothing else."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.orders.release import STALE_AFTER_MS
from tests.faults.injector import Fault, injected
from tests.support.doors import LambdaContext, as_role
from tests.support.shop import fresh_handler, open_emulated_shop, order
from tests.support.tables import AUDIT, CORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.emulator_dynamodb import Emulated
    from tests.support.shop import Shop

LINES = [{"sku": "S00", "quantity": 1, "unit_price": 1, "location": f"l{n}"} for n in range(41)]


class _DiedError(BaseException):
    """What a killed function leaves behind: nothing after it runs."""


class Sweeper:
    """The handler and its client."""

    def __init__(self, shop: Shop, emulated: Emulated) -> None:
        """Import it as Lambda does, with its environment."""
        with patch.dict(os.environ, {"AWS_ENDPOINT_URL": emulated.url}):
            self.module: Any = fresh_handler("sweeper.handler", shop.prefix)

    def run(self) -> Any:
        """Wake it once."""
        return self.module.handler({}, LambdaContext())


@pytest.fixture
def shop(emulated: Emulated) -> Iterator[Shop]:
    """Return a shop with ten of a SKU at 41 locations, so that an order takes two chunks."""
    with open_emulated_shop(emulated) as opened:
        opened.stock("S00", 10)
        (level,) = _items(opened, "LEVEL#main")
        for tenant in ("main", "other"):
            for n in range(41):
                copy = {"pk": f"{tenant}#SKU#S00", "sk": f"LEVEL#l{n}", "location": f"l{n}"}
                opened.put(level | copy)
        yield opened


@pytest.fixture
def sweeper(shop: Shop, emulated: Emulated) -> Sweeper:
    """Return the shop's sweeper."""
    return Sweeper(shop, emulated)


def _items(shop: Shop, sk: str, name: str = CORE) -> list[dict[str, Any]]:
    return [i for i in shop.items(name) if i["sk"].startswith(sk)]


def _die(shop: Shop, tenant: str = "main", *, age: int = STALE_AFTER_MS + 1_000) -> str:
    """Place an order whose call dies after its first chunk, `age` ms ago; return its id."""

    def die(_: str) -> None:
        raise _DiedError

    with injected(shop.handlers[1].dynamodb) as injector:
        injector.script = [None]
        injector.decide = die
        with pytest.raises(_DiedError):
            shop.door.place(
                order(*LINES),
                identity=as_role("Both"),
                headers={"Countersign-Tenant": tenant},
            )
    header = next(i for i in _items(shop, "HEADER") if i["pk"].startswith(tenant))
    due = header["due_at"] - age
    moved = header | {"updated_at": header["updated_at"] - age, "due_at": due}
    shop.put(moved)
    return str(header["id"])


def test_stale_orders_of_every_tenant_are_released(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: all stock comes back, the header says released and carries no mark, audited."""
    ids = {_die(shop, "main"), _die(shop, "other")}
    assert sweeper.run() == {"released": 2, "expired": 0, "contended": 0}
    assert {(i["available"], i["reserved"]) for i in _items(shop, "LEVEL#l")} == {(10, 0)}
    for header in _items(shop, "HEADER"):
        assert header["state"] == "released"
        assert not {"work_queue", "due_at"} & set(header)
    entries = [i for i in _items(shop, "", AUDIT) if i["action"] == "order.release"]
    assert {(e["resource"], e["principal"], e["result"]) for e in entries} == {
        (f"order/{i}", "system/sweeper", "stale") for i in ids
    }


def test_young_orders_are_left_alone(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: an order whose call may still live is not touched."""
    _die(shop, age=STALE_AFTER_MS - 20_000)
    before = shop.snapshot()
    assert sweeper.run()["released"] == 0
    assert shop.snapshot() == before


def test_the_index_only_finds(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: an order that is found as due and is not stale by its own header stays."""
    _die(shop, age=0)
    (header,) = _items(shop, "HEADER")
    early = header | {"due_at": int(time.time() * 1000) - 1}
    shop.put(early)
    before = shop.snapshot()
    assert sweeper.run()["released"] == 0
    assert shop.snapshot() == before


def test_a_placed_order_is_never_swept(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: the sweeper does not look at orders that stand."""
    assert shop.door.place(order({"sku": "S00", "quantity": 1})).status == 201
    before = shop.snapshot()
    assert sweeper.run()["released"] == 0
    assert shop.snapshot() == before


def test_sweeping_again_changes_nothing(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: a second run finds nothing to give back."""
    _die(shop)
    sweeper.run()
    before = shop.snapshot()
    assert sweeper.run() == {"released": 0, "expired": 0, "contended": 0}
    assert shop.snapshot() == before


def test_what_is_contended_is_left_to_the_next_minute(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: a conflict in the middle of a release loses nothing and doubles nothing."""
    _die(shop)
    for faults in ([Fault.CONFLICT], [None, Fault.CONFLICT], [None, Fault.LOST, Fault.LOST]):
        with injected(sweeper.module.dynamodb) as injector:
            injector.script = list(faults)
            assert sweeper.run() == {"released": 0, "expired": 0, "contended": 1}
        header = _items(shop, "HEADER")[0]
        aged = header | {"updated_at": header["updated_at"] - 10**6, "due_at": 1}
        shop.put(aged)
    assert _items(shop, "HEADER")[0]["state"] == "released"
    assert sweeper.run()["contended"] == 0
    assert {(i["available"], i["reserved"]) for i in _items(shop, "LEVEL#l")} == {(10, 0)}


def test_what_cannot_be_read_stops_nobody_else(shop: Shop, sweeper: Sweeper) -> None:
    """Guarantee: a broken item fails the run, after everything else was given back."""
    _die(shop)
    (header,) = _items(shop, "HEADER")
    broken = {k: v for k, v in header.items() if k != "fulfilment"} | {"due_at": 1}
    for shard in range(4):
        copy = broken | {"pk": f"main#ORDER#{shard:026}", "work_queue": f"main#sagas#{shard}"}
        shop.put(copy)
    with pytest.raises(RuntimeError, match="4 items"):
        sweeper.run()
    assert {(i["available"], i["reserved"]) for i in _items(shop, "LEVEL#l")} == {(10, 0)}
