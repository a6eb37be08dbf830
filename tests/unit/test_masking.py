"""Masking: by field, by pattern, at any depth, and stable."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.customers.personal import PERSONAL
from core.masking import MASK, PERSONAL_FIELDS, SECRET_FIELDS, hidden, mask

CARD = "4111 1111 1111 1111"
KEY = f"csk_main_01m806gq69ytrbhb27yd9exy9b_{'8' * 43}1bssLs"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjE" + "Ab3+/" * 20
AWS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *("ann@example.org", "4111111111111111", CARD, "+44 20 7946 0018", "pat-na1-", JWT),
            *("pat-eu1-11111111-2222-3333-4444-555555555555", "AKIAIOSFODNN7EXAMPLE"),
            *("1", ".", " ", "-", "@"),
        ]
    ),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), TEXTS)
KEYS = st.one_of(TEXTS, st.sampled_from(sorted(PERSONAL_FIELDS | SECRET_FIELDS)))
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)


@pytest.mark.parametrize("name", sorted(PERSONAL_FIELDS | SECRET_FIELDS))
def test_a_named_field_is_hidden_whole(name: str) -> None:
    """Guarantee: whatever stands in a personal or secret field, in any case of its name, is hidden.

    An empty one stays empty, so that a reader sees that nothing was there.
    """
    camel = "".join(w.title() if i else w for i, w in enumerate(name.replace("-", "_").split("_")))
    for spelled in (name, name.upper(), name.title(), camel, name.replace("_", "-")):
        assert mask({spelled: "value"}) == {spelled: MASK}
        assert mask({"deep": [{spelled: {"a": 1}}]}) == {"deep": [{spelled: MASK}]}
    assert mask({name: None}) == {name: None}


@pytest.mark.parametrize(
    "secret",
    [
        "ann.o'neil+shop@mail.example.co.uk",
        "ANN@EXAMPLE.ORG",
        CARD,
        "4111-1111-1111-1111",
        "4111111111111111",
        "378282246310005",
        "+44 20 7946 0018",
        "+442079460018",
        "+1-202-555-0170",
        "pat-na1-11111111-2222-3333-4444-555555555555",
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        KEY,
        JWT,
        "+44 (20) 7946 0018",
        SESSION_TOKEN,
        AWS_KEY,
        "Bearer abcdefgh12345678",
        "Basic YW5uOmh1bnRlcjI=",
        "x-amz-signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        "refresh_token=3a1b-4c2d",
    ],
)
@pytest.mark.parametrize("around", ["{}", "to {}, now", "a={} b", '"{}"', "({})", "\n{}\n", "«{}»"])
def test_a_pattern_is_hidden_wherever_it_stands(secret: str, around: str) -> None:
    """Guarantee: addresses, phones, cards and keys are hidden inside any text, the rest stays."""
    masked = mask(around.format(secret))
    assert secret not in masked
    assert MASK in masked
    assert masked[0] == around.format(MASK)[0]


@pytest.mark.parametrize(
    "text",
    ["4111111111111111+442079460018", "ann@example.org4111111111111111"],
)
def test_what_stands_beside_a_secret_is_hidden_too(text: str) -> None:
    """Guarantee: a secret that another one bares when it goes does not survive either."""
    masked = mask(text)
    assert not any(c.isdigit() for c in masked)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T22:35:00.000Z",
        "01m806gq69ytrbhb27yd9exy9b",
        "order/01m806gq69ytrbhb27yd9exy9b",
        "csk_main_01m806gq69ytrbhb27yd9exy9b",
        "4111111111111112",
        "5c1e0f1a-6d0f-4f5c-9a75-2f6d7d1f3b11",
        "arn:aws:iam::123456789012:role/Caller",
        "1795300500000",
        "85123A",
        "12.34",
        "+5",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "https://api.example/v1/orders?limit=10&cursor=abc",
        '{"code": "conflict", "state": "placed", "sku": "MUG-1"}',
        "Idempotency-Key: 7",
        "client/ann%40example.org",  # an operator cuts a client by the name that the log shows
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Guarantee: ids, times, amounts and ARNs stay readable; digits that fail Luhn are no card."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ('{"firstname": "Marker", "amount": "5"}', '"amount": "5"'),
        ("{'lastName': 'Marker \\'x\\'', 'sku': 'A-1'}", "'sku': 'A-1'"),
        ("Customer(id='01m8', first_name='Marker')", "id='01m8'"),
        ("hs_shipping_address_street='Marker 1'", "hs_shipping_address_street"),
        ("Cookie: session=Marker; other=Marker\nHost: a", "Host: a"),
        ("GET /callback?state=s&code=Marker&x=1", "&x=1"),
    ],
)
def test_a_named_value_inside_a_sentence_is_hidden(text: str, rest: str) -> None:
    """Guarantee: JSON, Python and `repr` in a message hide what a field of that name would hide."""
    masked = mask(text)
    assert "Marker" not in masked
    assert rest in masked


def test_long_text_is_masked_in_time() -> None:
    """Guarantee: no text makes masking slower than its length, for a log line must not stop a call.

    Each of these would take minutes if a pattern went back over what it has read.
    """
    started = time.process_time()
    for piece in ("a", "a.", "a@", "1 ", "eyJ", "a=", '"a":', "+1", "=", "Aa1/"):
        mask(piece * (40_000 // len(piece)))
    assert time.process_time() - started < 5


def test_every_personal_field_of_a_customer_is_hidden() -> None:
    """Guarantee: a field that the customers' table adds is masked from then on.

    An external id names an order too; and what consents hold is no more than yes and no.
    """
    left = {name for name in PERSONAL if not hidden(name)}
    assert left == {"external_id"}


def test_a_key_of_a_mapping_is_text_too() -> None:
    """Guarantee: data that became a key, as in a count by address, is hidden as well."""
    assert mask({"ann@example.org": 2}) == {MASK: 2}


@dataclass
class _Person:
    email: str


@pytest.mark.parametrize(
    "thing",
    [
        ValueError("no such user ann@example.org"),
        _Person("ann@example.org"),
        PurePosixPath("/home/ann@example.org"),
        {"a": {ValueError("ann@example.org")}},
        ("ann@example.org",),
        frozenset({"ann@example.org"}),
        b"ann@example.org",
        bytearray(b"ann@example.org"),
        memoryview(b"ann@example.org"),
    ],
    ids=lambda t: type(t).__name__,
)
def test_what_is_not_json_is_masked_as_it_would_be_written(thing: object) -> None:
    """Guarantee: errors, paths, objects and bytes hide what their text would show."""
    assert "ann@" not in json.dumps(mask(thing), default=str)


def test_plain_values_stay_as_they_are() -> None:
    """Guarantee: numbers and truths keep their type; other objects become their text."""
    value = {"a": 1, "b": 1.5, "c": True, "d": None}
    assert mask(value) == value
    assert mask(Decimal("1.50")) == "1.50"
    assert mask(datetime(2026, 11, 21, tzinfo=UTC)) == "2026-11-21 00:00:00+00:00"


def test_what_is_too_deep_is_hidden() -> None:
    """Guarantee: depth is no way around masking, and no way to exhaust the stack."""
    value: Any = "ann@example.org"
    for _ in range(5_000):
        value = [value]
    assert "ann" not in repr(mask(value))


@given(VALUES)
def test_masking_again_changes_nothing(value: Any) -> None:
    """Guarantee: what was masked once holds nothing more that masking would hide."""
    once = mask(value)
    assert mask(once) == once


@given(VALUES)
def test_the_input_is_not_changed(value: Any) -> None:
    """Guarantee: masking a log line never changes the data that was logged."""
    before = json.dumps(value)
    mask(value)
    assert json.dumps(value) == before


@given(TEXTS, TEXTS)
def test_an_address_never_survives(before: str, after: str) -> None:
    """Guarantee: no neighbouring text lets an e-mail address through."""
    assert "ann@example.org" not in mask(f"{before} ann@example.org {after}")
