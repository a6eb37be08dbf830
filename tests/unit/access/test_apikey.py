"""The text of an API key: what is caught before anybody is asked."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import apikey
from core.access.credential import Credential

KEY_ID = "01m806gq69ytrbhb27yd9exy9b"
TEXT = apikey.make("main", KEY_ID, bytes(range(32)))


def test_a_key_says_whose_it_is() -> None:
    """Guarantee: tenant and id are read back, and what is shown holds nothing of the secret."""
    found = apikey.read(TEXT)
    assert found == apikey.KeyName("main", KEY_ID)
    assert found.shown == f"csk_main_{KEY_ID}"


@given(st.binary(min_size=32, max_size=32))
def test_a_key_has_one_length(chance: bytes) -> None:
    """Guarantee: every secret makes a key of the documented form, however small its number."""
    text = apikey.make("a-tenant-16chars", KEY_ID, chance)
    assert len(text) == apikey.MAX_LENGTH
    assert apikey.read(text) is not None


@pytest.mark.parametrize("seed", range(200))
def test_a_typing_error_is_caught(seed: int) -> None:
    """Guarantee: one wrong character anywhere, or two that changed places, is no key at all."""
    chance = random.Random(seed)  # noqa: S311 - a place to damage, not a secret
    at = chance.randrange(len(TEXT))
    other = chance.choice([c for c in string.printable if c != TEXT[at]])
    assert apikey.read(TEXT[:at] + other + TEXT[at + 1 :]) is None
    swapped = TEXT[: at - 1] + TEXT[at : at + 1] + TEXT[at - 1 : at] + TEXT[at + 1 :]
    assert apikey.read(swapped) is None or swapped == TEXT


@pytest.mark.parametrize(
    "text",
    ["", "csk_", TEXT + "\n", " " + TEXT, TEXT + "0", TEXT[:-1], TEXT.upper(), TEXT * 100],
)
def test_what_is_no_key_is_none(text: str) -> None:
    """Guarantee: nothing around a key is forgiven."""
    assert apikey.read(text) is None


def test_a_key_matches_its_own_credential_only() -> None:
    """Guarantee: the kept digest accepts that key; a client without one accepts nothing."""
    credential = Credential("main", KEY_ID, digest=apikey.digest(TEXT))
    assert apikey.matches(TEXT, credential)
    assert not apikey.matches(apikey.make("main", KEY_ID, bytes(32)), credential)
    assert not apikey.matches(TEXT, Credential("main", KEY_ID))
    assert not apikey.matches("", Credential("main", KEY_ID))


def test_a_key_needs_all_its_chance() -> None:
    """Guarantee: a key cannot be made of fewer random bytes, nor for what is no tenant."""
    with pytest.raises(ValueError, match="32"):
        apikey.make("main", KEY_ID, bytes(31))
    with pytest.raises(ValueError, match="tenant"):
        apikey.make("Main", KEY_ID, bytes(32))
