"""Which returns an import owes: planned once, noted in the journal, then done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from countersign.importing.matching import Shelf, in_time, plan
from countersign.importing.outcomes import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from countersign.importing.journal import Journal
    from countersign.importing.matching import Plan, Return
    from countersign.importing.month import Cancellation, Month


def plan_returns(month: Month, journal: Journal, *, again: bool) -> None:
    """Match every cancellation that has no plan yet, and note the plans before any is carried out.

    Only orders that stand can be cancelled. As long as the fate of one of a customer's orders is
    unknown, that customer's cancellations wait. With `again`, rows without a match get another try.
    """
    shelf = _shelf(month, journal)
    waiting = {s.customer for s in month.sales if s.invoice not in journal.orders}
    for cancellation in in_time(month.cancellations):
        before = journal.plans.get(cancellation.invoice, [])
        if cancellation.customer in waiting or (before and not again):
            continue
        rest = _unanswered(cancellation, before)
        if rest.rows:
            found = plan(rest, shelf)
            if found.returns or not before:
                journal.plan(found)
    journal.sync()


def owed_returns(month: Month, journal: Journal) -> Iterator[Return]:
    """Yield the planned returns of these files' cancellations, oldest first."""
    for cancellation in in_time(month.cancellations):
        for planned in journal.plans.get(cancellation.invoice, ()):
            yield from planned.returns


def answered(plans: Iterable[Plan]) -> set[int]:
    """Return the positions of the rows that some return answers."""
    return {position for p in plans for returned in p.returns for position in returned.positions}


def _shelf(month: Month, journal: Journal) -> Shelf:
    shelf = Shelf()
    for sale in month.sales:
        if isinstance(journal.orders.get(sale.invoice), Accepted):
            shelf.add(sale)
    for plans in journal.plans.values():
        for returned in (r for p in plans for r in p.returns):
            shelf.take(returned)
    return shelf


def _unanswered(cancellation: Cancellation, before: Iterable[Plan]) -> Cancellation:
    done = answered(before)
    return replace(
        cancellation, rows=tuple(row for row in cancellation.rows if row.position not in done)
    )
