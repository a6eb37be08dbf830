"""500 and 503: our own doing is said so, leaves nothing half done, and tells nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from core.clock import SystemClock
from core.store import keys, table
from core.store.keyring import StoredKeyring
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.key_desk import ROUTES
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop

each = pytest.mark.parametrize("name", ROUTES)
writing = pytest.mark.parametrize("name", ["create_key", "rotate_key", "revoke_key"])


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let every wait of the handlers move their clock only, and botocore's take no time."""
    moved = [0]
    now = SystemClock.now

    def sleep(_: SystemClock, seconds: float) -> None:
        moved[0] += round(seconds * 1000)

    with (
        patch.object(SystemClock, "sleep", sleep),
        patch("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None)),
        patch.object(SystemClock, "now", lambda self: now(self) + moved[0]),
    ):
        yield


@writing
@pytest.mark.usefixtures("impatient")
def test_endless_conflict_is_busy(signed_desk: KeyDesk, shop: Shop, name: str) -> None:
    """Guarantee: contention is 503 with Retry-After, and nothing is written."""
    key_id = signed_desk.make()["id"]
    with injected_into_moto(shop.handlers[-1].dynamodb) as faults, nothing_written(shop):
        faults.decide = lambda _: Fault.CONFLICT
        reply = signed_desk.some(name, id=key_id)
    assert_problem(reply, 503, "stock_busy")
    assert "retry-after" in reply.headers
    assert len(faults.writes) > 3


@writing
@pytest.mark.usefixtures("impatient")
def test_a_lost_reply_is_done_once(signed_desk: KeyDesk, shop: Shop, name: str) -> None:
    """Guarantee: a write whose reply is lost twice stands once, and its key opens."""
    key_id = signed_desk.make()["id"]
    before = len(shop.items(tables.AUDIT))
    with injected_into_moto(shop.handlers[-1].dynamodb) as faults:
        faults.script = [Fault.LOST, Fault.LOST]
        reply = signed_desk.some(name, id=key_id)
    assert reply.status in {200, 201}
    assert len(shop.items(tables.AUDIT)) == before + 1
    if "key" in reply.json:
        assert signed_desk.opens(reply.json["key"])


@each
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("operation", ["GetItem", "BatchGetItem", "Query"])
def test_a_throttled_read_is_busy_and_no_error(
    signed_desk: KeyDesk, shop: Shop, name: str, operation: str
) -> None:
    """Guarantee: reads that are throttled are 503 or not noticed, never 500, and let nobody in."""
    key_id = signed_desk.make()["id"]
    with injected_into_moto(shop.handlers[-1].dynamodb) as faults:
        faults.operations = frozenset({operation})
        faults.decide = lambda _: Fault.THROTTLE
        shop.handlers[-1].edge.registry._cache.clear()
        reply = signed_desk.some(name, id=key_id)
    assert reply.status in {200, 201, 503}
    if reply.status == 503:
        assert_problem(reply, 503, "stock_busy")


@each
def test_a_bug_of_ours_tells_nothing(signed_desk: KeyDesk, shop: Shop, name: str) -> None:
    """Guarantee: what nobody foresaw is 500 without a word of the inside."""
    key_id = signed_desk.make()["id"]

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("arn:aws:dynamodb main#CREDENTIAL")

    methods = ("find", "page", "cuts", "make", "rotate", "revoke")
    with nothing_written(shop):
        patches = [patch.object(StoredKeyring, method, fail) for method in methods]
        for one in patches:
            one.start()
        try:
            reply = signed_desk.some(name, id=key_id)
        finally:
            for one in patches:
                one.stop()
    assert_problem(reply, 500, "internal_error")


@pytest.mark.parametrize("name", ["create_key", "rotate_key"])
@pytest.mark.parametrize("tenant", ["-", "main"])
def test_no_key_is_made_while_a_cut_takes_effect(
    signed_desk: KeyDesk, shop: Shop, name: str, tenant: str
) -> None:
    """Guarantee: 503 for a minute after a cut, also for a caller whom a cache still lets in."""
    key_id = signed_desk.make()["id"]
    home = keys.cut(tenant, "all")
    now = SystemClock().now()
    item = {"pk": home.pk, "sk": home.sk, "valid_from": now - 59_000}
    shop.dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(item))
    with nothing_written(shop):
        reply = signed_desk.some(name, id=key_id)
    expected = {"rotate_key": {"key_not_active", "cut_taking_effect"}}
    assert reply.code in expected.get(name, {"cut_taking_effect"})
    if reply.status == 503:
        assert_problem(reply, 503, "cut_taking_effect")
        assert 0 < int(reply.headers["retry-after"]) <= 1
    assert signed_desk.call("revoke_key", id=key_id).status == 200
