"""One suite for the keys' store: the fake and the adapter over moto, under faults."""

from __future__ import annotations

import pytest

from core.access import apikey
from core.access.incident import SETTLING_MS, Place
from core.errors import Busy, Conflict, Forbidden, NotFound
from tests.contract.vaults import OPERATOR, OTHER, ROLE, TENANT, Vault, interrupt
from tests.faults.injector import Fault


def test_a_key_reads_back(vault: Vault) -> None:
    """Guarantee: a key is read as it was made, with its digest, and only by its own tenant."""
    made, text = vault.make(vends=("stock:read",), networks=("203.0.113.0/24",))
    assert vault.known(made.id).key == made
    assert made.digest == apikey.digest(text)
    assert vault.keys.find(OTHER, made.id) is None
    assert vault.keys.find(TENANT, "0" * 26) is None


def test_keys_are_listed_by_id(vault: Vault) -> None:
    """Guarantee: pages hold every key of the tenant once, by time of making, and no other's."""
    made = []
    for _ in range(5):
        made.append(vault.make()[0].id)
        vault.clock.advance(40_000_000_000)
    vault.make(tenant=OTHER)
    seen: list[str] = []
    after: str | None = None
    while True:
        page, after = vault.keys.page(TENANT, "", after, 2)
        seen += [one.key.id for one in page]
        if after is None:
            break
    assert seen == made
    first = made[0]
    start = next(n for n in range(26) if any(i[: n + 1] != first[: n + 1] for i in made[1:]))
    wanted = [i for i in made if i.startswith(first[: start + 1])]
    page, after = vault.keys.page(TENANT, first[: start + 1], None, 10)
    assert [one.key.id for one in page] == wanted
    assert vault.keys.page(TENANT, first, first, 10) == ((), None)


def test_every_act_is_audited_once(vault: Vault) -> None:
    """Guarantee: each change has one entry with its subject; what changes nothing has none."""
    first, _ = vault.first()
    made, _ = vault.make()
    vault.clock.advance(1)
    vault.keyring.rotate(vault.act(), made.id, 60)
    vault.clock.advance(1)
    vault.keyring.revoke(vault.act(), made.id)
    vault.keyring.revoke(vault.act(), made.id)
    with pytest.raises(Conflict):
        vault.first()
    assert sorted(vault.audited()) == sorted(
        [
            ("key.bootstrap", f"key/{first.id}"),
            ("key.make", f"key/{made.id}"),
            ("key.rotate", f"key/{made.id}"),
            ("key.revoke", f"key/{made.id}"),
        ]
    )


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_is_waited_for(vault: Vault, fault: Fault) -> None:
    """Guarantee: after any fault, a lost reply too, each act stands once and its text is good."""
    vault.faults.script.extend([fault, fault])
    made, text = vault.make()
    vault.faults.script.extend([fault, fault])
    new, new_text = vault.keyring.rotate(vault.act(), made.id, 60)
    vault.faults.script.extend([fault, fault])
    assert not vault.keyring.revoke(vault.act(), made.id).key.active
    vault.faults.script.extend([fault, fault])
    vault.first(OTHER)
    page, _ = vault.keys.page(TENANT, "", None, 10)
    assert {one.key.id for one in page} == {made.id, new.key.id}
    assert apikey.matches(text, vault.known(made.id).key)
    assert apikey.matches(new_text, vault.known(new.key.id).key)
    assert len(vault.audited()) == 4


def test_endless_contention_is_busy(vault: Vault) -> None:
    """Guarantee: after three seconds it is `Busy`, and nothing stands."""
    vault.faults.decide = lambda _: Fault.CONFLICT
    with pytest.raises(Busy):
        vault.make()
    vault.faults.stop()
    assert vault.keys.page(TENANT, "", None, 10) == ((), None)
    assert vault.audited() == []


def test_of_two_rotations_one_counts(vault: Vault) -> None:
    """Guarantee: a key has one successor: the slower of two is told which."""
    made, _ = vault.make()
    rivals: list[str] = []

    def rival() -> None:
        rivals.append(vault.keyring.rotate(vault.act(), made.id, 60)[0].key.id)

    interrupt(vault, rival)
    with pytest.raises(Conflict) as refused:
        vault.keyring.rotate(vault.act(), made.id, 0)
    assert refused.value.code == "key_already_rotated"
    assert refused.value.current == {"rotated_to": rivals[0]}
    assert len(vault.keys.page(TENANT, "", None, 10)[0]) == 2


def test_a_revoked_key_is_not_rotated(vault: Vault) -> None:
    """Guarantee: a revocation that comes between a rotation's look and its write wins."""
    made, _ = vault.make()
    interrupt(vault, lambda: vault.keyring.revoke(vault.act(), made.id))
    with pytest.raises(Conflict) as refused:
        vault.keyring.rotate(vault.act(), made.id, 60)
    assert refused.value.current == {"status": "revoked"}
    assert len(vault.keys.page(TENANT, "", None, 10)[0]) == 1


def test_a_key_rotated_at_that_moment_is_revoked(vault: Vault) -> None:
    """Guarantee: a revocation during a rotation stands, and says which key took its place."""
    made, _ = vault.make()
    interrupt(vault, lambda: vault.keyring.rotate(vault.act(), made.id, 60))
    vault.keyring.revoke(vault.act(), made.id)
    after = vault.known(made.id).key
    assert not after.active
    assert after.rotated_to


def test_of_two_revocations_one_is_audited(vault: Vault) -> None:
    """Guarantee: two revocations at once are one."""
    made, _ = vault.make()
    interrupt(vault, lambda: vault.keyring.revoke(vault.act(), made.id))
    assert not vault.keyring.revoke(vault.act(), made.id).key.active
    assert [action for action, _ in vault.audited()].count("key.revoke") == 1


@pytest.mark.parametrize("ended", ["revoked", "rotated away", "expired"])
def test_a_key_that_ended_makes_none(vault: Vault, ended: str) -> None:
    """Guarantee: a maker whose key ended after it was checked hands nothing on.

    The doors may still let him in for half a minute; what he made then would outlive his key.
    """
    maker, _ = vault.make(scopes=("keys:manage",))
    target, _ = vault.make()
    if ended == "revoked":
        vault.keyring.revoke(vault.act(), maker.id)
    elif ended == "rotated away":
        vault.keyring.rotate(vault.act(), maker.id, 0)
    else:
        vault.clock.advance((maker.expires_at or 0) - vault.clock.now() - 1)
        target, _ = vault.make()
        vault.clock.advance(1)
    before = len(vault.keys.page(TENANT, "", None, 10)[0])
    for again in (
        lambda: vault.make(ROLE, f"key/{maker.id}"),
        lambda: vault.keyring.rotate(vault.act(ROLE, f"key/{maker.id}"), target.id, 60),
    ):
        with pytest.raises(Forbidden):
            again()
    assert len(vault.keys.page(TENANT, "", None, 10)[0]) == before


def test_a_key_rotates_itself(vault: Vault) -> None:
    """Guarantee: one of the two proofs may be the key that is rotated."""
    maker, _ = vault.make(scopes=("keys:manage",))
    new, _ = vault.keyring.rotate(vault.act(ROLE, f"key/{maker.id}"), maker.id, 60)
    assert new.key.origin == maker.id


@pytest.mark.parametrize(
    "place", [Place(), Place(TENANT), Place(TENANT, ROLE)], ids=["all", "tenant", "principal"]
)
def test_nothing_is_made_while_a_cut_takes_effect(vault: Vault, place: Place) -> None:
    """Guarantee: what a caller makes in the minute in which a cut spreads cannot outlive it.

    Also when the cut comes between the look and the write.
    """
    target, _ = vault.make()
    vault.clock.advance(1)
    interrupt(vault, lambda: vault.incidents.revoke(OPERATOR, place, ""))
    with pytest.raises(Busy) as refused:
        vault.make()
    assert refused.value.code == "cut_taking_effect"
    assert refused.value.retry_after in {60, 61}
    cut = vault.cuts.at(place)
    assert cut is not None
    vault.clock.at = cut.valid_from + SETTLING_MS - 1
    with pytest.raises(Busy):
        vault.make()
    assert [one.key.id for one in vault.keys.page(TENANT, "", None, 10)[0]] == [target.id]
    vault.clock.at = cut.valid_from + SETTLING_MS
    vault.make()


def test_another_tenants_cut_is_not_ours(vault: Vault) -> None:
    """Guarantee: a cut of one tenant neither ends nor delays another's keys."""
    vault.incidents.revoke(OPERATOR, Place(OTHER), "")
    made, _ = vault.make()
    assert vault.known(made.id).cuts.newest == 0


def test_the_first_key_is_made_once(vault: Vault) -> None:
    """Guarantee: once per tenant, also when two ask at once; for no tenant that is not there."""
    interrupt(vault, vault.first)
    with pytest.raises(Conflict) as refused:
        vault.first()
    assert refused.value.code == "already_bootstrapped"
    assert len(vault.keys.page(TENANT, "", None, 10)[0]) == 1
    vault.first(OTHER)
    with pytest.raises(NotFound):
        vault.first("nobody")


@pytest.mark.parametrize("place", [Place(), Place(TENANT)], ids=["all", "tenant"])
def test_a_cut_allows_a_first_key_again(vault: Vault, place: Place) -> None:
    """Guarantee: once all keys are dead there is a new first key, at once, and again only one."""
    old, _ = vault.first()
    vault.incidents.revoke(OPERATOR, Place(TENANT, f"key/{old.id}"), "")
    vault.incidents.revoke(OPERATOR, Place(OTHER), "")
    vault.clock.advance(1)
    with pytest.raises(Conflict):
        vault.first()
    vault.incidents.revoke(OPERATOR, place, "")
    new, _ = vault.first()
    assert vault.known(new.id).key.usable(vault.clock.now(), vault.known(new.id).cuts)
    assert not vault.known(old.id).key.usable(vault.clock.now(), vault.known(old.id).cuts)
    with pytest.raises(Conflict):
        vault.first()
