"""Orders of ours beside what HubSpot shows: their own fields, their lines, and who belongs to whom.

Lines are records of their own and stand beside their order only by association, so both are read:
every line that we put there, and every line that HubSpot shows at the order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.crm import mapping
from core.crm.lanes import within
from core.crm.properties import UNIQUE, VERSION, ObjectType
from core.crm.records import Link
from core.reconcile.examining import place, remedies, settled_of
from core.reconcile.findings import Examined, Finding, Problem, Remedy, Repair
from core.reconcile.standing import unmoved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.crm.ports import CrmStore, Hubspot
    from core.crm.records import OrderRecord
    from core.crm.subjects import Subject
    from core.reconcile.examining import Comparison
    from core.reconcile.ports import Catalogue
    from core.reconcile.reading import Reader

LINES = 2_000
"""Lines of the orders that are looked at together: what bounds memory. One order has 1,400."""

SET_ONCE = frozenset({VERSION, "hs_product_id"})
"""Properties of a line as of when it was pushed: the order's version, and the product's record.

A product that was made again has another id, and its old lines are not pushed again for that.
"""


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with all that HubSpot should show of it, lines by our unique id of them."""

    record: OrderRecord
    subject: Subject
    contact: str | None
    lines: dict[str, Subject]

    @property
    def line_ids(self) -> set[str]:
        """Our unique ids of all its lines, whether HubSpot must show them or not."""
        lines = (line for page in self.record.pages for line in page.lines)
        return {mapping.line_id(self.subject.key, line.number) for line in lines}

    @property
    def left(self) -> str | None:
        """Its customer's id, if it was associated with a contact that he no longer has."""
        link = self.record.link
        was = link is not None and link.contact is not None
        return self.record.header.customer_id if was and self.contact is None else None

    def unmoved(self, after: Whole | None) -> bool:
        """Return whether the order stood still between two reads of ours, lines and contact too."""
        return (
            after is not None
            and unmoved(self.subject, after.subject)
            and self.contact == after.contact
            and _revisions(self.record) == _revisions(after.record)
        )


@dataclass(frozen=True, slots=True)
class OrderExaminer:
    """Looks at orders by id."""

    hubspot: Hubspot
    records: CrmStore
    catalogue: Catalogue
    reader: Reader
    comparison: Comparison

    def wholes(self, ids: Sequence[str]) -> tuple[dict[str, Whole], int]:
        """Return orders as HubSpot should show them, and how many of the ids that deals with.

        As many as fit by their lines; those that never reach HubSpot are left out.
        """
        stages = self.hubspot.order_stages()
        records = self.records.orders(ids, lambda lines: within(lines, LINES))
        listed = list(records.values())
        people = self.records.customer_links(c for r in listed if (c := r.header.customer_id))
        skus = {line.sku for r in listed for p in r.pages for line in p.lines}
        products = {s: k.hubspot_id for s, k in self.records.product_links(skus).items()}
        wholes = {
            i: Whole(
                record,
                mapping.order(record, stages),
                people[c].hubspot_id if (c := record.header.customer_id) in people else None,
                _lines(record, products),
            )
            for i, record in records.items()
            if mapping.STAGE_LABELS.get(record.header.state) in stages
        }
        done = list(ids).index(listed[-1].header.id) + 1 if listed else len(ids)
        return wholes, done

    def examine(self, ids: Sequence[str]) -> tuple[Examined, int]:
        """Compare orders from the first on, as many as fit; return how many that were."""
        seen = Examined()
        wholes, done = self.wholes(ids)
        settled = settled_of({i: w.subject for i, w in wholes.items()}, seen)
        wrong = self.comparison.odd(settled)
        standing = {i: wholes[i] for i in settled if not _lost(wrong.get(i, ()))}
        for i, found in self._parts(standing, seen).items():
            wrong[i] = wrong.get(i, []) + found
        for i, findings in wrong.items():
            again, _ = self.wholes([i])
            if not findings or not wholes[i].unmoved(again.get(i)):
                seen.soon[ObjectType.ORDERS] += 1
                continue
            seen.findings += findings
            seen.repairs += _repairs(wholes[i], findings)
        return seen, done

    def _parts(self, wholes: Mapping[str, Whole], seen: Examined) -> dict[str, list[Finding]]:
        """Return what is wrong with the lines and associations of orders that are there."""
        lines = {key: s for w in wholes.values() for key, s in w.lines.items()}
        seen.looked[ObjectType.LINE_ITEMS] += len(lines)
        wrong_lines = self._lines_wrong(lines)
        ids = [place(w.subject) for w in wholes.values()]
        at_orders = self.reader.associated(ObjectType.ORDERS, ObjectType.LINE_ITEMS, ids)
        foreign, alone = self._foreign(wholes, at_orders), self._alone(wholes, ids)
        lost = {key for key, findings in wrong_lines.items() if _lost(findings)}
        wrong: dict[str, list[Finding]] = {}
        for i, whole in wholes.items():
            found = [f for key in whole.lines for f in wrong_lines.get(key, ())]
            found += self._loose(whole, at_orders[place(whole.subject)], lost) + foreign[i]
            if i in alone:
                key = whole.subject.key
                found.append(
                    Finding(ObjectType.ORDERS, Problem.UNASSOCIATED, key, ObjectType.CONTACTS)
                )
            if found:
                wrong[i] = found
            seen.refused[ObjectType.LINE_ITEMS] += sum(len(p.parked) for p in whole.record.pages)
        return wrong

    def _lines_wrong(self, lines: Mapping[str, Subject]) -> dict[str, list[Finding]]:
        return {
            key: kept
            for key, findings in self.comparison.odd(lines).items()
            if (kept := [f for f in findings if f.field not in SET_ONCE])
        }

    def _loose(self, whole: Whole, there: set[str], lost: set[str]) -> list[Finding]:
        """Return lines that HubSpot does not show at their order."""
        return [
            Finding(ObjectType.ORDERS, Problem.UNASSOCIATED, key, ObjectType.LINE_ITEMS)
            for key, line in whole.lines.items()
            if key not in lost and place(line) not in there
        ]

    def _foreign(
        self, wholes: Mapping[str, Whole], at_orders: Mapping[str, set[str]]
    ) -> dict[str, list[Finding]]:
        """Return lines that HubSpot shows at an order and that are not the order's.

        A line that waits for its product's record is there already without being linked.
        """
        extra = {
            i: at_orders[place(w.subject)] - {place(line) for line in w.lines.values()}
            for i, w in wholes.items()
        }
        ids = dict.fromkeys(i for some in extra.values() for i in sorted(some))
        found = self.reader.by_id(ObjectType.LINE_ITEMS, ids).found
        name = UNIQUE[ObjectType.LINE_ITEMS]
        return {
            order: [
                Finding(ObjectType.LINE_ITEMS, Problem.STRANGER, i)
                for i in sorted(some & found.keys())
                if found[i].properties.get(name, "") not in wholes[order].line_ids
            ]
            for order, some in extra.items()
        }

    def _alone(self, wholes: Mapping[str, Whole], ids: Iterable[str]) -> set[str]:
        """Return the orders that are not associated with their contact, though they should be.

        A contact that was merged away is the one that it went into. A contact that is gone is made
        again when its customer changes, and its orders are associated with that one.
        """
        there = self.reader.associated(ObjectType.ORDERS, ObjectType.CONTACTS, ids)
        lost = {
            i: w.contact
            for i, w in wholes.items()
            if w.contact and w.contact not in there[place(w.subject)]
        }
        led = self.reader.by_id(ObjectType.CONTACTS, dict.fromkeys(lost.values())).found
        alone = {
            i
            for i, contact in lost.items()
            if contact in led and led[contact].id not in there[place(wholes[i].subject)]
        }
        left = {i: c for i, w in wholes.items() if (c := w.left)}
        known = self.records.customers(left.values())
        alone |= {i for i, c in left.items() if c in known and known[c].shown}
        return {i for i in alone if not self.catalogue.waits(i)}


def _lines(record: OrderRecord, products: Mapping[str, str]) -> dict[str, Subject]:
    """Return the lines that HubSpot must show; those that it refuses or waits for are left out."""
    lines: dict[str, Subject] = {}
    for page in record.pages:
        for line in page.lines:
            there = page.links.get(line.number)
            if there is None and (line.number in page.parked or line.sku not in products):
                continue
            subject = mapping.line(record, page, line, products)
            lines[subject.key] = replace(
                subject, link=Link(there) if there else None, suspect=False
            )
    return lines


def _lost(findings: Iterable[Finding]) -> bool:
    """Return whether a record is not where we think, so that its parts cannot be judged."""
    return any(f.problem not in {Problem.DIFFERS, Problem.STRANGER} for f in findings)


def _revisions(record: OrderRecord) -> list[int]:
    return [page.revision for page in record.pages]


def _repairs(whole: Whole, findings: Iterable[Finding]) -> list[Repair]:
    """Return what puts an order right: itself, its contact, and its lines page by page."""
    order = whole.subject
    own = [f for f in findings if f.type is ObjectType.ORDERS and f.key == order.key]
    repairs = remedies(order, [f for f in own if f.problem is not Problem.UNASSOCIATED])
    if any(f.problem is Problem.UNASSOCIATED for f in own):
        repairs.append(Repair(Remedy.REASSOCIATE, order.type, order.home, order.version))
    broken = {f.key for f in findings if f.key in whole.lines and f.problem is not Problem.UNREAD}
    pages: defaultdict[int, list[int]] = defaultdict(list)
    for page in whole.record.pages:
        for line in page.lines:
            if mapping.line_id(order.key, line.number) in broken:
                pages[page.number].append(line.number)
    return repairs + [
        Repair(Remedy.LINES, order.type, order.home, order.version, page=n, lines=tuple(numbers))
        for n, numbers in pages.items()
    ]
