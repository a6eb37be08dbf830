"""How an order is cut: every sum kept, never over forty, the same cut each time."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.orders.model import PAGE_LINES, Charge, ChargeKind, Line
from core.orders.plan import CHUNK, chunks, needs, pages, subtotal, total

PLACES = st.tuples(st.text("abAB1", min_size=1, max_size=3), st.sampled_from(["main", "shed"]))
LINES = st.lists(
    st.builds(
        lambda place, quantity, price: Line(1, place[0], place[1], quantity, price),
        PLACES,
        st.integers(1, 10**9),
        st.integers(0, 10**12),
    ),
    max_size=300,
)


@given(LINES)
def test_no_unit_is_lost(lines: list[Line]) -> None:
    """Guarantee: what the needs take is what the lines say, place by place, each place once."""
    summed: Counter[tuple[str, str]] = Counter()
    for line in lines:
        summed[line.sku, line.location] += line.quantity
    found = needs(lines)
    assert {n.place: n.quantity for n in found} == dict(summed)
    assert len(found) == len(summed)


@given(LINES)
def test_chunks_are_the_needs_in_their_order(lines: list[Line]) -> None:
    """Guarantee: at least one chunk; none over forty, all but the last of forty."""
    wanted = needs(lines)
    cut = chunks(wanted)
    assert tuple(n for chunk in cut for n in chunk) == wanted
    assert all(len(chunk) == CHUNK == 40 for chunk in cut[:-1])
    assert len(cut) == max(1, -(-len(wanted) // CHUNK))


@given(LINES, st.randoms())
def test_the_cut_does_not_depend_on_the_order_of_lines(lines: list[Line], dice: object) -> None:
    """Guarantee: whoever goes on with an order cuts the same chunks."""
    shuffled = list(lines)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' random
    assert chunks(needs(shuffled)) == chunks(needs(lines))


@given(st.integers(0, 1_400))
def test_pages_hold_a_hundred_lines_each(count: int) -> None:
    """Guarantee: at least one page, none over a hundred, in the order of the lines."""
    lines = [Line(n, "A", "main", 1, 1) for n in range(count)]
    cut = pages(lines)
    assert [line for page in cut for line in page] == lines
    assert len(cut) == max(1, -(-count // PAGE_LINES)) <= 14
    assert all(len(page) <= 100 for page in cut)


@given(LINES, st.lists(st.integers(-(10**12), 10**12)))
def test_money_is_whole(lines: list[Line], amounts: list[int]) -> None:
    """Guarantee: goods and charges add up without a rounding."""
    charges = [Charge(ChargeKind.FEE, amount) for amount in amounts]
    assert subtotal(lines) == sum(n.quantity * n.unit_price for n in lines)
    assert total(lines, charges) - subtotal(lines) == sum(amounts)
