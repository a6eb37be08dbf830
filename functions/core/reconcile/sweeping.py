"""HubSpot's side, listed by keyset: who there says that he is ours, and what changed there.

A full run only asks whether we know them, since it has compared all of ours. A run of changes also
compares: at first what the search itself shows, and whatever that makes odd by consistent reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.calls import Query, shown
from core.crm.properties import UNIQUE, VERSION, ObjectType
from core.reconcile.findings import Examined, Finding, Problem
from core.reconcile.orders import SET_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.crm.outcomes import Result
    from core.crm.subjects import Subject
    from core.reconcile.examining import Examiner
    from core.reconcile.orders import OrderExaminer
    from core.reconcile.ports import Catalogue, Known
    from core.reconcile.reading import Reader

SKU = "countersign_sku"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Goes through one portal's records that carry a mark of ours."""

    reader: Reader
    catalogue: Catalogue
    examiner: Examiner
    orders: OrderExaminer

    def page(
        self, kind: ObjectType, position: str, since: int | None
    ) -> tuple[Examined, str | None]:
        """Look at up to 200 records after HubSpot's id `position`; return the next one.

        A record that was cloned in HubSpot has our version and not our id, which is unique.
        """
        query = Query((UNIQUE[kind], VERSION), position or "0", since)
        wanted = [UNIQUE[kind], SKU, VERSION] if since is None else shown(kind)
        results, after = self.reader.search(kind, query, wanted)
        seen = Examined()
        seen.looked[f"hubspot.{kind}"] += len(results)
        known = self._known(kind, results)
        doubtful = [r for r in results if _wrong(kind, known.get(_name(kind, r)), r) is not None]
        seen.findings += self._confirmed(kind, doubtful)
        if since is not None:
            ours = {_name(kind, r): r for r in results if r not in doubtful}
            seen.add(self._compared(kind, ours))
        return seen, after

    def _known(self, kind: ObjectType, results: Iterable[Result]) -> dict[str, Known]:
        return self.catalogue.known(kind, [name for r in results if (name := _name(kind, r))])

    def _confirmed(self, kind: ObjectType, doubtful: Sequence[Result]) -> list[Finding]:
        """Ask both sides again about what search shows and we do not know: its index lags."""
        if not doubtful:
            return []
        read = self.reader.by_id(kind, [r.id for r in doubtful])
        again = [r for i, r in read.found.items() if r.id == i]
        known = self._known(kind, again)
        return [
            Finding(kind, problem, result.id)
            for result in again
            if (problem := _wrong(kind, known.get(_name(kind, result)), result)) is not None
        ]

    def _compared(self, kind: ObjectType, found: Mapping[str, Result]) -> Examined:
        if kind in {ObjectType.PRODUCTS, ObjectType.CONTACTS}:
            subjects = self.examiner.subjects(kind, found)
            odd = [n for n, s in subjects.items() if self._differs(s, found[n])]
            return self.examiner.examine(kind, odd) if odd else Examined()
        of_orders = dict.fromkeys(_order_of(kind, name) for name in found)
        return self._orders_compared(list(of_orders), found)

    def _orders_compared(self, ids: Sequence[str], found: Mapping[str, Result]) -> Examined:
        """Look whole at the orders of which a field or a line is odd."""
        seen, odd = Examined(), []
        left = list(ids)
        while left:
            wholes, done = self.orders.wholes(left)
            for i, whole in wholes.items():
                parts = {whole.subject.key: whole.subject, **whole.lines}
                if any(self._differs(s, found[k]) for k, s in parts.items() if k in found):
                    odd.append(i)
            left = left[done:]
        while odd:
            examined, done = self.orders.examine(odd)
            seen.add(examined)
            odd = odd[done:]
        return seen

    def _differs(self, subject: Subject, result: Result) -> bool:
        found = self.examiner.comparison.differing(subject, result)
        if subject.type is ObjectType.LINE_ITEMS:
            found = [f for f in found if f.field not in SET_ONCE]
        return bool(found)


def _name(kind: ObjectType, result: Result) -> str:
    """Return what we know a record by: a product by its SKU, any other by our unique id."""
    return result.properties.get(SKU if kind is ObjectType.PRODUCTS else UNIQUE[kind], "")


def _wrong(kind: ObjectType, known: Known | None, result: Result) -> Problem | None:
    """Return what is wrong with a record that says it is ours; None when it is the one we know.

    One of ours that stands nowhere yet is being pushed: its link is written after it.
    """
    key = result.properties.get(UNIQUE[kind])
    if known is not None and known.key == key:
        return None if known.hubspot_id in {None, result.id} else Problem.COPY
    return Problem.STRANGER if key else Problem.COPY


def _order_of(kind: ObjectType, key: str) -> str:
    """Return the id of the order that an order's or a line's unique id belongs to."""
    return key if kind is ObjectType.ORDERS else key.rsplit("-", 1)[0]
