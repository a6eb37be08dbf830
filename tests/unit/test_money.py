"""Money: minor units, written as the decimal module would write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import EXPONENTS, decimal

AMOUNTS = st.integers(min_value=-(10**24), max_value=10**24)


@given(AMOUNTS, st.sampled_from(sorted(EXPONENTS)))
def test_decimal_agrees_with_the_decimal_module(amount: int, currency: str) -> None:
    """Guarantee: no digit and no sign is lost, for every currency's number of places."""
    digits = EXPONENTS[currency]
    expected = Decimal(amount).scaleb(-digits)
    text = decimal(amount, currency)
    assert Decimal(text) == expected
    assert text == f"{expected:.{digits}f}" or amount == 0


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1234, "GBP", "12.34"),
        (-5, "GBP", "-0.05"),
        (0, "GBP", "0.00"),
        (7, "JPY", "7"),
        (-7, "JPY", "-7"),
        (1, "KWD", "0.001"),
        (12345, "CLF", "1.2345"),
    ],
)
def test_known_amounts(amount: int, currency: str, text: str) -> None:
    """Guarantee: plain decimals, never an exponent, always the currency's places."""
    assert decimal(amount, currency) == text


@pytest.mark.parametrize("code", ["XTS", "gbp", "", "BTC"])
def test_an_unknown_currency_is_an_error(code: str) -> None:
    """Guarantee: no amount is written in a currency whose places are not known."""
    with pytest.raises(KeyError):
        decimal(1, code)


def test_currency_codes_stand_once() -> None:
    """Guarantee: no code has two exponents; codes are three capital letters."""
    assert all(len(c) == 3 and c.isascii() and c.isupper() for c in EXPONENTS)
    assert {EXPONENTS[c] for c in EXPONENTS} == {0, 2, 3, 4}
