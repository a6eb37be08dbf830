"""Bodies that only want to cost something, or to be read in two ways."""

from __future__ import annotations

import contextlib
import gc
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid, TooLarge
from core.web.body import MAX_BODY
from core.web.bounds import MAX_DEPTH, MAX_DIGITS, MAX_ITEMS, check


def refusal(data: bytes) -> tuple[type[Invalid], str]:
    """Return the class and the code with which a body is refused."""
    with pytest.raises(Invalid) as refused:
        check(data)
    return type(refused.value), refused.value.code


def nested(depth: int, opening: str, closing: str) -> bytes:
    """Return arrays or objects within each other."""
    return (opening * depth + "1" + closing * depth).encode()


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_depth_is_bounded(opening: str, closing: str) -> None:
    """Guarantee: at the bound a body is read; deeper ones are refused, the deepest too."""
    step = 2 if opening == '[{"a":' else 1
    check(nested(MAX_DEPTH // step, opening, closing))
    for depth in (MAX_DEPTH // step + 1, 900, 5_000, MAX_BODY // 8):
        assert refusal(nested(depth, opening, closing)) == (Invalid, "body_too_deep")


def test_depth_that_never_closes_is_refused() -> None:
    """Guarantee: half a bomb is none."""
    for bomb in (b"[" * MAX_BODY, b'{"a":' * (MAX_BODY // 5), b'["' * (MAX_BODY // 2)):
        assert refusal(bomb)[0] is Invalid


@pytest.mark.parametrize("path", ["{}", '{{"a": {}}}', '{{"a": [{}]}}', "[{}]"])
def test_arrays_are_bounded_wherever_they_stand(path: str) -> None:
    """Guarantee: one item more than the bound is 413, at any place."""
    check(path.format(json.dumps([1] * MAX_ITEMS)).encode())
    too_long = path.format(json.dumps([1] * (MAX_ITEMS + 1))).encode()
    assert refusal(too_long) == (TooLarge, "array_too_long")


@pytest.mark.parametrize(
    "body",
    ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":{"a":1,"a":1}}', '[{"a":[],"b":1,"a":[]}]'],
)
def test_a_member_twice_is_refused(body: str) -> None:
    """Guarantee: nobody can show one body to a filter and another to us."""
    assert refusal(body.encode()) == (Invalid, "repeated_member")


@pytest.mark.parametrize("body", ["NaN", "Infinity", "-Infinity", '{"a":NaN}', "[-Infinity]"])
def test_what_json_lacks_is_refused(body: str) -> None:
    """Guarantee: numbers that are none do not reach a model."""
    assert refusal(body.encode()) == (Invalid, "malformed_body")


@pytest.mark.parametrize(
    "number", ["9" * (MAX_DIGITS + 1), "9" * MAX_BODY, "1e999", "-1e999", "0." + "1" * MAX_DIGITS]
)
def test_numbers_are_bounded(number: str) -> None:
    """Guarantee: a number costs no more than its place, and has an end."""
    assert refusal(f'{{"a":{number}}}'.encode()) == (Invalid, "number_too_long")


def test_a_number_at_the_bound_is_read() -> None:
    """Guarantee: every amount there is has room."""
    check(b'{"a":' + b"9" * MAX_DIGITS + b"}")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"{'a':1}", b"{}{}", b"01"],
)
def test_what_is_no_json_in_utf_8_is_refused(body: bytes) -> None:
    """Guarantee: no other encoding is guessed at, and no lenient form read."""
    assert refusal(body) == (Invalid, "malformed_body")


def test_the_worst_body_costs_little() -> None:
    """Guarantee: what is refused is refused soon, however it is made."""
    for body in (
        b"[" + b"[]," * (MAX_BODY // 3 - 1) + b"1]",
        b'{"' + b'\\"' * (MAX_BODY // 2 - 4) + b'":1}',
        b"[" + b'{"a":1,"a":1},' * (MAX_BODY // 14),
        b"[" + b"9" * (MAX_BODY - 2) + b"]",
    ):
        gc.freeze()  # what other tests left on the heap is not the body's cost
        began = time.thread_time()
        with contextlib.suppress(Invalid):
            check(body[:MAX_BODY])
        taken = time.thread_time() - began
        gc.unfreeze()
        assert taken < 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=10),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=4), inside),
    max_leaves=12,
)


@given(_JSON)
def test_an_ordinary_body_passes(body: Any) -> None:
    """Guarantee: nothing that a caller means to say is refused here."""
    check(json.dumps(body).encode())
