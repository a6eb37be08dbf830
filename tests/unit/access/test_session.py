"""The names of vended sessions: fixed lengths, fixed alphabet, one way to read each."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.scopes import PATTERNS, SCOPES
from core.access.session import MAX_LENGTH, SessionName, parse, session_name
from core.ids import ID_LENGTH, TENANT

LOWER_AND_DIGITS = string.ascii_lowercase + string.digits
TENANTS = st.from_regex(TENANT, fullmatch=True)
CREDENTIALS = st.text(LOWER_AND_DIGITS, min_size=1, max_size=ID_LENGTH)
MOMENTS = st.integers(min_value=0, max_value=0xFFFFFFFF)
STS = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
"""What STS takes as RoleSessionName (API reference of AssumeRole)."""


@given(TENANTS, CREDENTIALS, MOMENTS)
def test_every_name_reads_back(tenant: str, credential: str, issued: int) -> None:
    """Guarantee: tenant, credential and time survive the name, which STS takes, in 56 characters.

    Nothing in a part can be taken for the end of it.
    """
    name = session_name(tenant, credential, issued)
    text = str(name)
    assert parse(text) == name == SessionName(tenant, credential, issued)
    assert len(text) <= 56 <= MAX_LENGTH
    assert STS.fullmatch(text)
    assert text.count(".") == 3


@given(st.frozensets(st.sampled_from(sorted(SCOPES)), min_size=1))
def test_the_scopes_read_back(scopes: frozenset[str]) -> None:
    """Guarantee: what a session's policy was made of survives the name, which STS takes."""
    name = session_name("t" * 16, "c" * 26, 0xFFFFFFFF, scopes)
    assert parse(str(name)) == name
    assert parse(str(name)) != session_name("t" * 16, "c" * 26, 0xFFFFFFFF)
    assert STS.fullmatch(str(name))


def test_a_scopes_bit_never_moves() -> None:
    """Guarantee: a session named before a deployment means the same after it."""
    named = {str(session_name("t", "c", 0, frozenset({s}))).split(".")[-1]: s for s in PATTERNS}
    assert list(named) == [f"{1 << place:x}" for place in range(len(PATTERNS))]
    assert (named["1"], named["20"], named["80"]) == ("stock:read", "orders:place", "keys:manage")
    assert (named["100"], named["1000"]) == ("credentials:vend", "consents:write")
    assert len(PATTERNS) <= 28


def test_the_longest_name_has_56_characters() -> None:
    """Guarantee: a tenant of 16 and a credential of 26 characters fit, and are the most."""
    assert len(str(session_name("t" * 16, "c" * 26, 0xFFFFFFFF))) == 56


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"moon:walk"})])
def test_scopes_that_are_none_are_refused(scopes: frozenset[str]) -> None:
    """Guarantee: no name says less than was meant, and then reads as all that is vended."""
    with pytest.raises(ValueError, match="not a session name"):
        session_name("t", "c", 0, scopes)


@pytest.mark.parametrize(
    "parts",
    [
        ("t" * 17, "c", 0),
        ("", "c", 0),
        ("1a", "c", 0),
        ("-a", "c", 0),
        ("A", "c", 0),
        ("a.b", "c", 0),
        ("a_b", "c", 0),
        ("a\n", "c", 0),
        ("ä", "c", 0),
        ("t", "", 0),
        ("t", "c" * 27, 0),
        ("t", "C", 0),
        ("t", "c.d", 0),
        ("t", "c-d", 0),
        ("t", "c", -1),
        ("t", "c", 0x1_0000_0000),
    ],
)
def test_what_does_not_fit_is_refused(parts: tuple[str, str, int]) -> None:
    """Guarantee: no name is made, cut or bent for a part that breaks the format."""
    with pytest.raises(ValueError, match="not a session name"):
        session_name(*parts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cs1",
        "session-1",
        "cs1.main.key1",
        "cs1.main.key1.0000000",
        "cs1.main.key1.000000000",
        "cs1.main.key1.0000000G",
        "cs1.main.key1.0000000A",
        "cs1.main.key1.00000000.x",
        "cs1.main.key1.00000000.",
        "cs1.main.key1.00000000.0",
        "cs1.main.key1.00000000.01",
        "cs1.main.key1.00000000.12345678",
        "cs1.main.key1.00000000\n",
        " cs1.main.key1.00000000",
        "cs2.main.key1.00000000",
        "CS1.main.key1.00000000",
        "cs1.main..00000000",
        "cs1..key1.00000000",
        "cs1.ma.in.key1.00000000",
    ],
)
def test_other_names_are_not_ours(text: str) -> None:
    """Guarantee: a session name that merely resembles ours points nowhere."""
    assert parse(text) is None


@given(st.text(max_size=80))
def test_whatever_reads_is_written_the_same(text: str) -> None:
    """Guarantee: one credential and time have one name."""
    name = parse(text)
    assert name is None or str(name) == text
