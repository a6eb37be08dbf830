"""Cancelled rows and the sales that they cancel."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from countersign.importing.matching import MAX_SKUS, Shelf, in_time, plan
from countersign.importing.month import Cancellation, Cancelled, Line, Sale
from tests.importing.shop_files import month_of, row

if TYPE_CHECKING:
    from pathlib import Path

    from countersign.importing.matching import Plan

START = datetime(2010, 12, 1)  # noqa: DTZ001 - a wall clock


def plans_of(folder: Path, *rows: dict[str, str]) -> list[Plan]:
    """Sort the rows and plan the returns of all cancellations, with every sale standing."""
    month = month_of(folder, *rows)
    shelf = Shelf()
    for sale in month.sales:
        shelf.add(sale)
    return [plan(cancellation, shelf) for cancellation in in_time(month.cancellations)]


def sold(invoice: str, day: int, **more: object) -> dict[str, str]:
    """Return a row of a sale."""
    return row(invoice=invoice, at=f"2010-12-{day:02d} 10:00:00", **more)


def cancelled(invoice: str, day: int, quantity: int, **more: object) -> dict[str, str]:
    """Return a row of a cancellation."""
    return row(invoice=invoice, at=f"2010-12-{day:02d} 10:00:00", quantity=-quantity, **more)


def test_the_newest_earlier_sale_takes_it_back(tmp_path: Path) -> None:
    """Guarantee: not the oldest sale, not a later one, and not another customer's."""
    (found,) = plans_of(
        tmp_path,
        sold("1", 1),
        sold("2", 2),
        sold("3", 3, customer="99.0"),
        cancelled("C4", 4, 2),
        sold("5", 5),
    )
    (one,) = found.returns
    assert (one.sale, dict(one.quantities)) == ("2", {1: 2})


def test_a_sale_with_too_little_left_is_passed_over(tmp_path: Path) -> None:
    """Guarantee: a row comes back to one sale that has all of it left, or not at all."""
    rows = [sold("1", 1, quantity=5), sold("2", 2, quantity=2), cancelled("C3", 3, 3)]
    first, second, third = plans_of(tmp_path, *rows, cancelled("C4", 4, 3), cancelled("C5", 5, 2))
    assert [r.sale for r in first.returns] == ["1"]
    assert [a.reason for a in second.unmatched] == ["not_enough_left"]
    assert [r.sale for r in third.returns] == ["2"]


def test_what_was_never_sold_is_unmatched(tmp_path: Path) -> None:
    """Guarantee: no sale is made up for a cancellation of goods sold before the files begin."""
    (found,) = plans_of(tmp_path, sold("1", 1), cancelled("C2", 2, 1, sku="22423"))
    assert (found.returns, [a.reason for a in found.unmatched]) == ((), ["no_earlier_sale"])


def test_lines_at_the_same_price_give_first(tmp_path: Path) -> None:
    """Guarantee: of two lines of a SKU the one at the cancelled price is taken first."""
    rows = [sold("1", 1, quantity=2, price=3), sold("1", 1, quantity=2, price=2)]
    (found,) = plans_of(tmp_path, *rows, cancelled("C2", 2, 3, price=2))
    (one,) = found.returns
    assert dict(one.quantities) == {2: 2, 1: 1}


def test_rows_of_one_cancellation_are_one_return(tmp_path: Path) -> None:
    """Guarantee: what comes back to an order by one invoice is one return, up to its limit."""
    many = MAX_SKUS + 1
    rows = [sold("1", 1, sku=f"A{n}") for n in range(many)]
    rows += [cancelled("C2", 2, 1, sku=f"A{n}") for n in range(many)]
    (found,) = plans_of(tmp_path, *rows)
    assert [len(r.quantities) for r in found.returns] == [MAX_SKUS, 1]
    assert len({r.key for r in found.returns}) == 2


SKUS, PEOPLE = st.sampled_from("AB"), st.sampled_from("xy")
LINES = st.lists(st.tuples(SKUS, st.integers(1, 6), st.integers(1, 3)), min_size=1, max_size=4)


@given(
    st.lists(st.tuples(PEOPLE, st.integers(0, 20), LINES), max_size=8),
    st.lists(st.tuples(PEOPLE, st.integers(0, 20), LINES), max_size=8),
)
def test_no_more_comes_back_than_was_sold(
    sales: list[tuple[str, int, list[tuple[str, int, int]]]],
    backs: list[tuple[str, int, list[tuple[str, int, int]]]],
) -> None:
    """Guarantee: whatever is sold and cancelled, no line gives back more than it sold.

    Every row is answered in full by its customer's earlier sale, or left unmatched when no such
    sale has enough.
    """
    shelf, made, position = Shelf(), {}, 0
    for number, (customer, hour, lines) in enumerate(sales):
        at = START + timedelta(hours=hour)
        own = tuple(Line(position + n, sku, "", q, p) for n, (sku, q, p) in enumerate(lines))
        position += len(lines)
        made[str(number)] = sale = Sale(str(number), at, customer, own)
        shelf.add(sale)
    gone: Counter[tuple[str, int]] = Counter()
    for number, (customer, hour, lines) in enumerate(backs):
        rows = tuple(Cancelled(position + n, sku, q, p) for n, (sku, q, p) in enumerate(lines))
        position += len(rows)
        back = Cancellation(f"C{number}", START + timedelta(hours=hour), customer, rows)
        found = plan(back, shelf)
        for one in found.returns:
            sale = made[one.sale]
            assert sale.customer == customer
            assert sale.at <= back.at
            gone.update({(one.sale, line): q for line, q in one.quantities.items()})
            wanted = Counter({r.sku: 0 for r in rows})
            given_back: Counter[str] = Counter()
            for r in rows:
                wanted[r.sku] += r.quantity if r.position in one.positions else 0
            for line, q in one.quantities.items():
                given_back[sale.lines[line - 1].sku] += q
            assert +given_back == +wanted
        answered = [p for one in found.returns for p in one.positions]
        unmatched = [a.position for a in found.unmatched]
        assert sorted(answered + unmatched) == [r.position for r in rows]
    for (invoice, line), q in gone.items():
        assert q <= made[invoice].lines[line - 1].quantity
