"""Lines of orders: a placed order's lines never change, so whatever changed is put back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm import mapping
from core.crm.inbound.cases import Case, Result
from core.crm.properties import UNIQUE, ObjectType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.crm.inbound.cases import Clerk
    from core.crm.inbound.ports import LinkStore
    from core.crm.outcomes import Result as Shown
    from core.crm.ports import CrmStore
    from core.crm.records import OrderRecord, PageRecord
    from core.crm.seeing import Difference
    from core.orders.model import Line

_LINE = re.compile(r"(?P<order>[0-9a-z]{26})-(?P<number>\d{4,})")


@dataclass(frozen=True, slots=True)
class Lines:
    """One tenant's."""

    records: CrmStore
    links: LinkStore
    clerk: Clerk
    type: ObjectType = ObjectType.LINE_ITEMS

    def cases(self, found: Mapping[str, Shown | None]) -> dict[str, Case]:
        """Return the lines that stand where their order's page says."""
        named = {
            asked: (match["order"], int(match["number"]), shown)
            for asked, shown in found.items()
            if shown and (match := _LINE.fullmatch(shown.properties.get(UNIQUE[self.type], "")))
        }
        orders = self.records.orders({order for order, _, _ in named.values()}, len)
        cases: dict[str, Case] = {}
        for asked, (order, number, shown) in named.items():
            placed = _placed(orders.get(order), number)
            if placed is None or placed[0].links.get(number) != asked:
                continue
            page, line = placed
            there = self.records.product_links([line.sku]).get(line.sku)
            products = {line.sku: there.hubspot_id} if there else {}
            subject = mapping.line(orders[order], page, line, products)
            cases[asked] = Case(asked, shown.id, order, subject, shown.properties)
        return cases

    def settle(self, case: Case, differences: Sequence[Difference]) -> Result:
        """Push the line anew."""
        names = [d.property for d in differences]
        return self._owe(case, "put_right", names, Result.PUT_RIGHT) if names else Result.IN_STEP

    def deleted(self, case: Case) -> Result:
        """Put the line back."""
        return self._owe(case, "deleted", (), Result.DELETED)

    def _owe(self, case: Case, action: str, names: Sequence[str], result: Result) -> Result:
        key = case.subject.key
        entry = self.clerk.entry(action, self.type, key, names)
        number = int(key.rpartition("-")[2])
        done = self.links.owe_line(case.name, number, case.asked, entry)
        return result if done else Result.SOON


def _placed(order: OrderRecord | None, number: int) -> tuple[PageRecord, Line] | None:
    pages = order.pages if order else ()
    return next(((p, line) for p in pages for line in p.lines if line.number == number), None)
