"""Whose order it is: every branch, and what each leaves to be written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.contention import Superseded
from core.customers.consent import Basis, Decision, Recorded, State
from core.customers.model import Address, Customer, CustomerDraft, Identity, IdentityKind
from core.customers.resolve import Guard, changed, resolve
from core.errors import Conflict

FRESH = Customer("new", 0, b"k" * 32)
ANN = Customer("ann", 0, b"a" * 32, "1", "ann@example.org", "Ann", version=4)
BY_ID = Identity(IdentityKind.EXTERNAL_ID, "1")
BY_MAIL = Identity(IdentityKind.EMAIL, "ann@example.org")


def test_a_new_customer_takes_his_guards() -> None:
    """Guarantee: nobody holds the identities: a new customer, who puts both guards."""
    draft = CustomerDraft("1", " Ann@Example.org ", "Ann")
    found = resolve(draft, {BY_ID: None, BY_MAIL: None}, None, FRESH)
    assert found.before is None
    assert found.after == replace(FRESH, external_id="1", email="ann@example.org", first_name="Ann")
    assert (found.held, found.taken) == ((), (BY_ID, BY_MAIL))


def test_a_guest_holds_nothing() -> None:
    """Guarantee: without an identity there is a new guest each time, and no guard."""
    found = resolve(CustomerDraft(first_name="Ann"), {}, None, FRESH)
    assert (found.after.guest, found.held, found.taken) == (True, (), ())
    assert found.after.version == 1


def test_a_known_customer_stays_as_he_is() -> None:
    """Guarantee: an order that brings nothing new changes nothing, and raises no version."""
    guards = {BY_ID: Guard("ann"), BY_MAIL: Guard("ann")}
    found = resolve(CustomerDraft("1", "ANN@example.org"), guards, ANN, FRESH)
    assert found.after == found.before == ANN
    assert (found.held, found.taken) == ((BY_ID, BY_MAIL), ())
    assert found.fingerprints() == {}


def test_what_is_new_is_merged() -> None:
    """Guarantee: given fields replace, missing ones stay, the version rises by one."""
    found = resolve(CustomerDraft("1", last_name="Lee"), {BY_ID: Guard("ann")}, ANN, FRESH)
    assert found.after == replace(ANN, last_name="Lee", version=5)
    assert set(found.fingerprints()) == {"customer.last_name"}


def test_a_second_identity_is_taken() -> None:
    """Guarantee: a known customer who brings a new e-mail takes its guard too."""
    mail = Identity(IdentityKind.EMAIL, "new@example.org")
    known = {BY_ID: Guard("ann"), mail: None}
    found = resolve(CustomerDraft("1", "new@example.org"), known, ANN, FRESH)
    assert (found.held, found.taken, found.dropped) == ((BY_ID,), (mail,), (BY_MAIL,))
    assert found.after.email == "new@example.org"


def test_two_people_are_not_merged() -> None:
    """Guarantee: identities of two customers are a conflict that names neither."""
    with pytest.raises(Conflict) as refused:
        resolve(
            CustomerDraft("1", "ann@example.org"),
            {BY_ID: Guard("ann"), BY_MAIL: Guard("ben")},
            ANN,
            FRESH,
        )
    assert refused.value.code == "customer_identities_differ"
    assert "ann" not in refused.value.public.lower().split()


@pytest.mark.parametrize("other", [None, Guard("ann"), Guard(None)])
def test_an_erased_person_does_not_come_back(other: Guard | None) -> None:
    """Guarantee: one tombstone among the guards refuses the order, whatever the other one says."""
    with pytest.raises(Conflict) as refused:
        resolve(
            CustomerDraft("1", "ann@example.org"), {BY_ID: other, BY_MAIL: Guard(None)}, None, FRESH
        )
    assert refused.value.code == "customer_erased"
    assert Guard(None).tombstone


def test_identities_have_a_normal_form() -> None:
    """Guarantee: two spellings of an address are one identity; nothing given is none."""
    assert CustomerDraft(email=" A@B.co").identities == CustomerDraft(email="a@b.CO ").identities
    assert CustomerDraft().identities == ()
    assert len(CustomerDraft("1", "a@b.co").identities) == 2


def test_a_guards_name_tells_nothing() -> None:
    """Guarantee: the name depends on key, kind and value, and holds none of them."""
    names = {
        Identity(kind, value).mac(key)
        for kind in IdentityKind
        for value in ("1", "2")
        for key in (b"k", b"l")
    }
    assert len(names) == 8
    assert all(len(n) == 64 for n in names)
    assert "example" not in BY_MAIL.mac(b"k")


HOME = Address("1 High Street", "York", "GB")
CONSENT = Decision("newsletter", State.GRANTED, Basis.CONSENT, 200, "shop")


def _recorded(decision: Decision) -> tuple[Recorded, ...]:
    return (Recorded("r1", decision, decision.at),)


@pytest.mark.parametrize(
    ("guards", "customer"),
    [
        ({BY_ID: Guard("ann")}, None),
        ({BY_ID: Guard("ann")}, replace(ANN, external_id="2")),
        ({BY_ID: None}, ANN),
    ],
)
def test_states_that_do_not_fit_are_read_again(
    guards: dict[Identity, Guard | None], customer: Customer | None
) -> None:
    """Guarantee: a guard that moved between two reads decides nothing."""
    with pytest.raises(Superseded):
        resolve(CustomerDraft("1"), guards, customer, FRESH)


def test_fresh_consent_lifts_a_tombstone() -> None:
    """Guarantee: who consents after his erasure comes back as somebody new, and it is recorded."""
    buried = {BY_ID: None, BY_MAIL: Guard(None, 100)}
    draft = CustomerDraft("1", "ann@example.org")
    found = resolve(draft, buried, None, FRESH, _recorded(CONSENT))
    assert (found.taken, found.lifted) == ((BY_ID,), (BY_MAIL,))
    assert (found.before, found.after.id) == (None, "new")
    assert "customer.tombstone.email" in found.fingerprints()


@pytest.mark.parametrize(
    ("erased_at", "decision"),
    [
        (100, replace(CONSENT, at=100)),
        (100, replace(CONSENT, state=State.WITHDRAWN)),
        (100, replace(CONSENT, basis=Basis.LEGITIMATE_INTERESTS)),
        (None, CONSENT),
    ],
)
def test_nothing_else_lifts_it(erased_at: int | None, decision: Decision) -> None:
    """Guarantee: older consent, a withdrawal, the shop's own interest or an unknown time: no."""
    guards = {BY_MAIL: Guard(None, erased_at)}
    with pytest.raises(Conflict, match="erased"):
        resolve(CustomerDraft(email="ann@example.org"), guards, None, FRESH, _recorded(decision))


def test_a_change_moves_its_guards() -> None:
    """Guarantee: what he has no more is dropped, what is new is taken, what stays is left alone."""
    found = changed(ANN, {"email": "new@example.org", "billing_address": HOME, "first_name": None})
    assert found.taken == (Identity(IdentityKind.EMAIL, "new@example.org"),)
    assert found.dropped == (BY_MAIL,)
    assert (found.after.version, found.after.first_name) == (5, None)
    assert set(found.fingerprints()) == {
        "customer.email",
        "customer.billing_address",
        "customer.first_name",
    }


def test_a_change_of_nothing_is_none() -> None:
    """Guarantee: what is as asked for already is not written, and keeps its version."""
    found = changed(ANN, {"email": " ANN@example.org", "first_name": "Ann"})
    assert not found.changed
    assert found.after == ANN


def test_who_gives_up_his_last_identity_is_a_guest() -> None:
    """Guarantee: both guards are dropped with the identities."""
    found = changed(ANN, {"email": None, "external_id": None})
    assert (found.after.guest, found.dropped) == (True, (BY_ID, BY_MAIL))
