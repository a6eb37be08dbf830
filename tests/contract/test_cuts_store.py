"""One suite for the store of cuts: the fake and the adapter over moto, under faults."""

from __future__ import annotations

import pytest

from core.access.incident import Place
from core.errors import Conflict, NotFound
from tests.contract.vaults import OPERATOR, ROLE, TENANT, Vault, interrupt
from tests.faults.injector import Fault


def test_a_cut_is_never_moved_back(vault: Vault) -> None:
    """Guarantee: a second cut with a clock that runs behind leaves the first one's moment."""
    first = vault.incidents.revoke(OPERATOR, Place(TENANT), "one")
    vault.clock.advance(-5_000)
    second = vault.incidents.revoke(OPERATOR, Place(TENANT), "two")
    assert (second.valid_from, second.reason) == (first.valid_from, "two")
    assert vault.incidents.status(TENANT) == (second,)


def test_of_two_cuts_at_once_the_later_counts(vault: Vault) -> None:
    """Guarantee: cuts at one place at one time both stand in the record, one in effect."""

    def rival() -> None:
        vault.clock.advance(10)
        vault.incidents.revoke(OPERATOR, Place(TENANT), "rival")

    interrupt(vault, rival)
    mine = vault.incidents.revoke(OPERATOR, Place(TENANT), "mine")
    assert vault.cuts.at(Place(TENANT)) == mine
    assert [action for action, _ in vault.audited()] == ["incident.revoke"] * 2


@pytest.mark.parametrize("fault", list(Fault))
def test_a_cut_under_faults_stands_once(vault: Vault, fault: Fault) -> None:
    """Guarantee: after any fault a cut stands, with one entry."""
    vault.faults.script.extend([fault, fault])
    made = vault.incidents.revoke(OPERATOR, Place(), "why")
    assert vault.incidents.status() == (made,)
    assert len(vault.audited()) == 1


def test_only_a_role_is_restored(vault: Vault) -> None:
    """Guarantee: a role that was cut comes back, once; nothing else does."""
    place = Place(TENANT, ROLE)
    with pytest.raises(Conflict):
        vault.incidents.restore(OPERATOR, place, "")
    vault.incidents.revoke(OPERATOR, place, "")
    restored = vault.incidents.restore(OPERATOR, place, "over")
    assert restored.valid_from == 0
    assert vault.incidents.status(TENANT) == (restored,)
    with pytest.raises(Conflict):
        vault.incidents.restore(OPERATOR, place, "")
    vault.incidents.revoke(OPERATOR, Place(TENANT), "")
    for other in (Place(), Place(TENANT), Place(TENANT, "key/1")):
        with pytest.raises(Exception, match="Only a role"):
            vault.incidents.restore(OPERATOR, other, "")


def test_an_unknown_tenant_is_not_cut(vault: Vault) -> None:
    """Guarantee: a misspelt tenant is told, and not cut in vain."""
    with pytest.raises(NotFound):
        vault.incidents.revoke(OPERATOR, Place("mian"), "")
    assert vault.incidents.status() == ()
