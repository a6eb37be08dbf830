"""What of a credential the log may show, and how soon a change is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.store import keys
from core.store.access import CACHE_MS
from core.store.used import AGAIN_MS, HOUR_MS
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.credentials import make_key, put_credential

if TYPE_CHECKING:
    from tests.functions.authorizer.conftest import Desk

SECRET = 49
"""Characters of a key's secret and checksum."""


def test_nothing_of_a_credential_is_logged(desk: Desk) -> None:
    """Guarantee: let in, refused or failing, no line holds a key's secret or digest, or a token."""
    good, unknown, token = desk.key("main", "stock:read"), make_key("main"), desk.token(sub="ann")
    events = [
        desk.event(good.text),
        desk.event(good.text, token),
        desk.event(unknown.text, token),
        desk.event(good.text[:-2]),
        desk.event(None, f"{token}x"),
        desk.event(None, good.text),
        desk.event(token),
    ]
    logged = "".join(desk.logged(event) for event in events)
    desk.dynamodb.delete_table(TableName=tables.ACCESS)
    desk.forget()
    logged += "".join(desk.logged(event) for event in events)
    assert len(logged.splitlines()) == 2 * len(events)
    for text in (good.text, unknown.text):
        assert text[-SECRET:-2] not in logged
        assert text[-SECRET : -SECRET // 2] not in logged
    for part in token.split("."):
        assert part not in logged
    assert good.credential.digest not in logged
    assert "ann" not in logged


def test_a_revocation_is_seen_within_thirty_seconds(desk: Desk) -> None:
    """Guarantee: a key revoked in the table is nobody half a minute later, at the latest."""
    made = desk.key("main", "stock:read")
    event = desk.event(made.text)
    assert desk.status(event) == 0
    put_credential(desk.dynamodb, tables.ACCESS, replace(made.credential, active=False))
    assert CACHE_MS <= 30_000
    desk.clock.advance(CACHE_MS)
    assert desk.status(event) == 401


def test_known_credentials_cost_no_read_each(desk: Desk) -> None:
    """Guarantee: within the half minute a call is decided without asking the table."""
    event = desk.event(desk.key("main", "stock:read").text, desk.token())
    assert desk.status(event) == 0
    calls: list[Any] = []
    client = desk.module.dynamodb
    client.meta.events.register("before-call.dynamodb", lambda **_: calls.append(1), "count")
    try:
        assert desk.status(event) == 0
    finally:
        client.meta.events.unregister("before-call.dynamodb", unique_id="count")
    assert not calls


def test_use_is_noted_to_the_hour(desk: Desk) -> None:
    """Guarantee: a key's last use is its hour, written once; a refused key is not used."""
    made, refused = desk.key("main", "stock:read"), desk.key("main", "stock:read", active=False)
    event, hour = desk.event(made.text), desk.clock.now() // HOUR_MS * HOUR_MS
    with injected_into_moto(desk.module.dynamodb) as faults:
        faults.operations = frozenset({"UpdateItem"})
        faults.script = [None] * 9
        for _ in range(3):
            desk.status(event)
        desk.status(desk.event(refused.text))
    assert len(faults.script) == 8
    assert desk.used(made) == hour
    assert desk.used(refused) is None
    desk.clock.advance(HOUR_MS)
    desk.status(event)
    assert desk.used(made) == hour + HOUR_MS


def test_use_never_goes_back(desk: Desk) -> None:
    """Guarantee: a container whose clock is behind does not make a key look unused."""
    made = desk.key("main", "stock:read")
    desk.status(desk.event(made.text))
    seen = desk.used(made)
    desk.forget()
    desk.clock.advance(-HOUR_MS)
    assert desk.line(desk.event(made.text))["unnoted"] == []
    assert desk.used(made) == seen


def test_use_that_cannot_be_noted_refuses_nobody(desk: Desk) -> None:
    """Guarantee: whatever keeps the note from being written, the call goes on; the log has it."""
    made = desk.key("main", "stock:read")
    event = desk.event(made.text)
    for fault in (Fault.THROTTLE, Fault.UNSENT, Fault.LOST):
        with injected_into_moto(desk.module.dynamodb) as faults:
            faults.operations = frozenset({"UpdateItem"})
            faults.script = [fault] * 20
            assert desk.status(event) == 0
            assert desk.line(event)["unnoted"] == []
            desk.clock.advance(AGAIN_MS)
            assert desk.line(event)["unnoted"] == [f"key/{made.credential.id}"]
            desk.clock.advance(AGAIN_MS)
    desk.status(event)
    assert desk.used(made) == desk.clock.now() // HOUR_MS * HOUR_MS


def test_only_keys_are_noted(desk: Desk) -> None:
    """Guarantee: a token leaves no item behind: its issuer knows when it gave one out."""
    assert desk.status(desk.event(None, desk.token())) == 0
    found = desk.dynamodb.scan(TableName=tables.ACCESS)["Items"]
    assert not [i for i in found if i["sk"]["S"] == keys.used("main", "x").sk]
