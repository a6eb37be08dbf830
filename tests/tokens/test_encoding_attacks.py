"""Attacks by spelling: one token has one spelling, and every reader sees the same in it."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from core.access.jose import base64url, json_object
from tests.support.issuer import b64, compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.issuer import SigningKey
    from tests.tokens.conftest import Desk

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PARTS = {0: "header_malformed", 1: "claims_malformed", 2: "signature_malformed"}

DIRTY = {
    "padded": lambda p: p + "=" * (-len(p) % 4 or 4),
    "one pad": lambda p: p + "=",
    "space after": lambda p: p + " ",
    "space before": lambda p: " " + p,
    "line break": lambda p: p[:4] + "\n" + p[4:],
    "carriage return": lambda p: p + "\r\n",
    "tab": lambda p: p[:4] + "\t" + p[4:],
    "junk": lambda p: p + "!!!!",
    "NUL": lambda p: p[:4] + "\x00" + p[4:],
    "plus": lambda p: p[:4] + "+" + p[5:],
    "slash": lambda p: p[:4] + "/" + p[5:],
    "percent": lambda p: p[:4] + "%41" + p[5:],
    "full width": lambda p: p[:4] + "\uff21" + p[5:],
    "not ascii": lambda p: p[:4] + "é" + p[5:],
    "surrogate": lambda p: p[:4] + "\ud800" + p[5:],
    "one character left over": lambda p: p + "A" * ((1 - len(p)) % 4 or 4),
}


@pytest.mark.parametrize("how", list(DIRTY))
@pytest.mark.parametrize("part", [0, 1, 2])
def test_dirty_base64url(desk: Desk, part: int, how: str) -> None:
    """Guarantee: in no part is anything but base64url's own characters forgiven.

    The dirty text itself is signed, so that nothing else is wrong with the token.
    """
    pieces = [b64(desk.header()), b64(desk.claims())]
    if part < 2:
        pieces[part] = DIRTY[how](pieces[part])
    signature = b64(desk.key.sign(".".join(pieces).encode(errors="surrogatepass")))
    if part == 2:
        signature = DIRTY[how](signature)
    assert desk.refusal(".".join([*pieces, signature])) == PARTS[part]


@pytest.mark.parametrize("part", [0, 1, 2])
def test_trailing_bits(desk: Desk, part: int) -> None:
    """Guarantee: bits that belong to no byte must be 0, so no second spelling decodes the same."""
    pieces = [json.dumps(desk.header()), json.dumps(desk.claims())]
    if part < 2:
        while len(pieces[part]) % 3 != 1:
            pieces[part] += " "
    spelt = [b64(p) for p in pieces]
    signature = b64(desk.key.sign(".".join(spelt).encode()))
    whole = [*spelt, signature]
    last = ALPHABET.index(whole[part][-1])
    whole[part] = whole[part][:-1] + ALPHABET[last | 1]
    if part < 2:
        whole[2] = b64(desk.key.sign(".".join(whole[:2]).encode()))
    assert desk.refusal(".".join(whole)) == PARTS[part]


def _twice(members: dict[str, Any], name: str, value: Any) -> str:
    return json.dumps(members)[:-1] + f", {json.dumps(name)}: {json.dumps(value)}}}"


@pytest.mark.parametrize("name", ["alg", "kid", "typ"])
def test_header_members_twice(desk: Desk, name: str) -> None:
    """Guarantee: a header member that stands there twice refuses, even with the same value."""
    for value in (desk.header()[name], "none"):
        header = _twice(desk.header(), name, value)
        token = compact(header, desk.claims(), desk.key.sign)
        assert desk.refusal(token) == "header_malformed"


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "scope", "sub", "client_id"])
def test_claims_twice(desk: Desk, name: str) -> None:
    """Guarantee: a claim that stands there twice refuses, even with the same value."""
    for value in (desk.claims()[name], "stock:write"):
        claims = _twice(desk.claims(), name, value)
        token = compact(desk.header(), claims, desk.key.sign)
        assert desk.refusal(token) == "claims_malformed"


def test_members_twice_deeper_or_escaped(desk: Desk) -> None:
    """Guarantee: duplicates are found in nested objects, and behind escapes."""
    nested = json.dumps(desk.claims(act={}))[:-3] + '{"a": 1, "a": 1}}'
    escaped = json.dumps(desk.claims())[:-1] + ', "\\u0069ss": "x"}'
    for claims in (nested, escaped):
        token = compact(desk.header(), claims, desk.key.sign)
        assert desk.refusal(token) == "claims_malformed"


@pytest.mark.parametrize(
    "claims",
    [
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b"",
        b"{",
        b"{}{}",
        b"{'iss': 'x'}",
        b'\xef\xbb\xbf{"iss": "x"}',
        b'{"iss": "\xff"}',
        '{"iss": "x"}'.encode("utf-16"),
        b'{"iss": "x", "y": "\\ud800"}',
        b'{"iss": "x", "y": NaN}',
        b'{"iss": "x", "y": Infinity}',
        b'{"iss": "x", "y": 1e999}',
        b'{"iss": "x", "y": ' + b"1" * 4_400 + b"}",
        b'{"iss": "x\x00"}',
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"a":' + b"[" * 2_900,
    ],
    ids=range(19),
)
def test_claims_that_are_no_object(desk: Desk, claims: bytes) -> None:
    """Guarantee: only one JSON object in UTF-8, with finite numbers and whole characters."""
    token = compact(desk.header(), claims, desk.key.sign)
    assert desk.refusal(token) in {"claims_malformed", "issuer_malformed"}


def test_json_of_any_depth_never_crashes() -> None:
    """Guarantee: nesting as deep as a token can hold is a ValueError or a value, never a crash."""
    for depth in (10, 500, 990, 1_010, 2_000, 3_000):
        text = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
        try:
            assert json_object(text)
        except ValueError as error:
            assert "deep" in str(error)  # noqa: PT017 - either is right, a crash is not


@pytest.mark.parametrize("algorithm", ["ES256", "ES512", "RS256", "EdDSA"])
def test_every_change_of_a_character(
    desk: Desk, keys: dict[str, SigningKey], algorithm: str
) -> None:
    """Guarantee: no token that differs from a signed one in one character is accepted.

    A seeded sample of the places, and at each a character of the alphabet and one beyond it.
    """
    desk.key = keys[algorithm]
    token = desk.token()
    assert desk.verify(token)
    chance = random.Random(7515)  # noqa: S311 - a sample, no secret
    for place in chance.sample(range(len(token)), 120):
        for new in (chance.choice(ALPHABET), chance.choice(".=+/ \x00é")):
            if new != token[place]:
                desk.refusal(token[:place] + new + token[place + 1 :])
        desk.refusal(token[:place] + token[place + 1 :])


@pytest.mark.parametrize("length", range(1, 9))
def test_one_spelling_of_each_string_of_bytes(length: int) -> None:
    """Guarantee: exactly the encoder's own spelling decodes, of all that Python would decode."""
    chance = random.Random(length)  # noqa: S311 - a sample, no secret
    for _ in range(50):
        data = chance.randbytes(length)
        assert base64url(b64(data)) == data
        spelling = b64(data)[:-1]
        accepted = [c for c in ALPHABET if _decodes(lambda: base64url(spelling + c), data)]  # noqa: B023 - called at once
        assert accepted == [b64(data)[-1]]


def _decodes(decode: Callable[[], bytes], data: bytes) -> bool:
    try:
        return decode() == data
    except ValueError:
        return False
