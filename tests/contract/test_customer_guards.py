"""Customers over MiniStack's DynamoDB: whoever is quicker, guards and identities stay one."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.customers.model import CustomerDraft
from core.errors import Busy, Conflict
from tests.faults.injector import Fault, injected
from tests.support.people import TENANT, Registrar

if TYPE_CHECKING:
    from tests.support.emulator_dynamodb import Emulated

RACERS, CALLS = 8, 8
NAMES, MAILS = ("1", "2", None), ("a@example.org", "b@example.org", "c@example.org", None)


@pytest.fixture
def registrar(emulated: Emulated) -> Registrar:
    """Return a tenant without customers."""
    return Registrar(emulated.client(RACERS), emulated.fresh_tables("people"))


def test_racers_leave_every_identity_with_one_person(registrar: Registrar) -> None:
    """Guarantee: upserts and changes at once, over few identities, end refused or whole."""
    with ThreadPoolExecutor(RACERS) as pool:
        done = sum(pool.map(_race, [registrar] * RACERS, range(RACERS)))
    assert done > RACERS
    registrar.assert_guarded()
    for person in registrar.everyone():
        for identity in person.identities:
            assert registrar.customers.find(TENANT, identity).id == person.id


def _race(registrar: Registrar, seed: int) -> int:
    dice, done = random.Random(seed), 0  # noqa: S311 - dice for a test
    for _ in range(CALLS):
        name, mail = dice.choice(NAMES), dice.choice(MAILS)
        try:
            if dice.random() < 0.6:
                draft = CustomerDraft(name, mail or ("a@example.org" if name is None else None))
                registrar.customers.upsert(registrar.act(), registrar.ticket(), draft)
            elif everyone := registrar.everyone():
                person = dice.choice(everyone)
                given = {"external_id": name, "email": mail}
                registrar.customers.change(registrar.act(), person.id, person.version, given)
            done += 1
        except (Busy, Conflict):
            continue
    return done


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_is_no_second_customer(registrar: Registrar, fault: Fault) -> None:
    """Guarantee: conflict, throttle, no connection or a lost reply: done once, or not yet."""
    with injected(registrar.dynamodb) as faults:
        faults.script = [fault]
        draft = CustomerDraft("1", "a@example.org")
        made = registrar.customers.upsert(registrar.act(), registrar.ticket("k"), draft)
        faults.script = [fault]
        given = {"email": "b@example.org", "first_name": "Ann"}
        changed = registrar.customers.change(registrar.act(), made.id, made.version, given)
    assert [c.id for c in registrar.everyone()] == [made.id]
    assert (changed.email, changed.version) == ("b@example.org", 2)
    registrar.assert_guarded()


def test_a_freed_guard_goes_by_itself(registrar: Registrar) -> None:
    """Guarantee: a guard that was given up is due for DynamoDB's TTL; taken again it stays."""
    draft = CustomerDraft(email="a@example.org")
    made = registrar.customers.upsert(registrar.act(), registrar.ticket(), draft)
    registrar.customers.change(registrar.act(), made.id, 1, {"email": "b@example.org"})
    freed = [i for i in registrar._items() if i["sk"] == "GUARD" and "released_at" in i]
    assert [i["expires_at"] <= i["released_at"] // 1000 for i in freed] == [True]
    registrar.customers.upsert(registrar.act(), registrar.ticket(), draft)
    assert not [i for i in registrar._items() if "expires_at" in i and i["sk"] == "GUARD"]
    registrar.assert_guarded()
