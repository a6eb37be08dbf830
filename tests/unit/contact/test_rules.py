"""E-mail addresses and phone numbers in their normal form, or refused without being told back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.contact.rules import ContactRules, Unreachable
from core.errors import Invalid

RULES = ContactRules(
    frozenset({"mailinator.com", "xn--bse-sna.example"}), {"main": "GB", "none": ""}.__getitem__
)
LONDON = "+442079460018"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        (" ann@example.org ", "ann@example.org"),
        ("ann+shop@example.org", "ann+shop@example.org"),
        ("ann@xn--mnchen-3ya.example", "ann@münchen.example"),
        ("ann@München.example", "ann@münchen.example"),
        ("u\u0308ber@example.org", "über@example.org"),
    ],
)
def test_spellings_of_an_address_are_one(given: str, kept: str) -> None:
    """Guarantee: case, blanks, IDNA and the composition of letters make no second customer."""
    assert RULES.email(given) == kept
    assert RULES.email(kept) == kept


@pytest.mark.parametrize(
    "given",
    [
        *("ann", "ann@", "@example.org", "a b@example.org", "ann@localhost", "ann@[192.0.2.1]"),
        *('"a b"@example.org', "Ann <ann@example.org>", "a..n@example.org", "ann@a.test"),
        *(
            "ann@example",
            "ann@example..org",
            "ann@-a.org",
            "a@b@example.org",
            "",
            "ann@example.org,",
        ),
    ],
)
def test_what_no_mail_can_reach_is_refused(given: str) -> None:
    """Guarantee: what is no address is refused, and not told back."""
    with pytest.raises(Unreachable) as refused:
        RULES.email(given)
    assert refused.value.code == "invalid_email"
    assert not given or given not in str(refused.value)


@pytest.mark.parametrize(
    "given", ["a@mailinator.com", "a@MAILINATOR.com", "a@x.y.mailinator.com", "a@böse.example"]
)
def test_a_blocked_domain_is_refused_with_all_below_it(given: str) -> None:
    """Guarantee: a blocked domain is refused in any spelling, its subdomains too."""
    with pytest.raises(Unreachable) as refused:
        RULES.email(given)
    assert refused.value.code == "blocked_domain"


def test_a_domain_that_only_ends_alike_is_not_blocked() -> None:
    """Guarantee: `notmailinator.com` is no subdomain of `mailinator.com`."""
    assert RULES.email("a@notmailinator.com") == "a@notmailinator.com"


@pytest.mark.parametrize(
    ("tenant", "given"),
    [
        ("main", "020 7946 0018"),
        ("main", "+44 (0)20 7946 0018"),
        ("none", "+44 20 7946 0018"),
        ("none", "tel:+44-20-7946-0018"),
    ],
)
def test_a_number_is_kept_in_e164(tenant: str, given: str) -> None:
    """Guarantee: a number is kept in E.164, one without a country code as the tenant's region's."""
    assert RULES.phone(tenant, given) == LONDON
    assert RULES.phone(tenant, LONDON) == LONDON


@pytest.mark.parametrize(
    ("tenant", "given"),
    [
        ("none", "020 7946 0018"),
        *(("main", text) for text in ("1", "no number", "+999 1234567", "", "0" * 250)),
        ("main", "020 7946 0018 ext. 5"),
    ],
)
def test_what_is_no_number_is_refused(tenant: str, given: str) -> None:
    """Guarantee: no region, no country, no length, or an extension that would be lost: refused."""
    with pytest.raises(Unreachable) as refused:
        RULES.phone(tenant, given)
    assert refused.value.code == "invalid_phone"


def test_all_that_is_wrong_is_named_at_once() -> None:
    """Guarantee: both fields are named, by where they stand in the body."""
    with pytest.raises(Invalid) as refused:
        RULES.normal("main", "ann", "1", "customer.")
    found = {f.field: f.code for f in refused.value.fields}
    assert found == {"customer.email": "invalid_email", "customer.phone": "invalid_phone"}
    assert RULES.normal("main", None, None) == (None, None)


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=40), st.emails()))
def test_the_normal_form_is_its_own(text: str) -> None:
    """Guarantee: whatever is sent is refused or has one normal form, which is its own."""
    try:
        kept = RULES.email(text)
    except Unreachable:
        return
    assert RULES.email(kept) == kept
    assert kept == kept.strip().lower()


@settings(max_examples=60)
@given(st.text(alphabet="0123456789+-() ext.x", max_size=25))
def test_a_number_is_refused_or_its_own_normal_form(text: str) -> None:
    """Guarantee: a number is `+` and at most 15 digits (E.164), and stays so."""
    try:
        kept = RULES.phone("main", text)
    except Unreachable:
        return
    assert kept.startswith("+")
    assert kept[1:].isdigit()
    assert RULES.phone("none", kept) == kept
