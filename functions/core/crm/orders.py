"""Push orders, in stages: their customers and products, the orders, their lines, the associations.

Each stage is done for all orders of the turn before the next begins, so that calls are full. An
order whose customer or product HubSpot refused goes without it; one whose customer or product has
an unknown fate waits for it. What an order achieved is kept page by page, so that a repeat after a
failure asks HubSpot only for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.crm import mapping
from core.crm.agreement import landed
from core.crm.calls import Input, associate
from core.crm.parking import TO_CONTACT
from core.crm.ports import LinePage
from core.crm.properties import ObjectType
from core.crm.records import Link
from core.crm.tally import accepted_at
from core.crm.verdicts import Held, Landed, Rejected, Resting, Verdict, or_later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.clock import Clock
    from core.crm.conveyor import Conveyor
    from core.crm.needs import Linked, Needs
    from core.crm.outcomes import Reason
    from core.crm.ports import Hubspot
    from core.crm.pusher import Pusher
    from core.crm.records import OrderRecord
    from core.crm.settling import Settling
    from core.crm.subjects import Subject
    from core.crm.tally import Tally
    from core.orders.model import Line


@dataclass(slots=True)
class Progress:
    """How far an order has come in this turn. `obstacle` is why it cannot be finished."""

    record: OrderRecord
    subject: Subject
    hubspot_id: str = ""
    contact: str | None = None
    obstacle: Resting | Held | None = None
    landed: dict[int, str] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    unlinked: set[int] = field(default_factory=set)
    """Lines that go without their product: they are pushed again once it is there."""

    def judged(self, verdict: Verdict) -> Verdict:
        """Let what HubSpot refuses for now rest: the order's attempts are those of its parts."""
        return or_later(verdict, self.subject.attempts)

    def stop(self, verdict: Resting | Held) -> None:
        """Note why the order cannot be finished; waiting outweighs not having been asked."""
        if not isinstance(self.obstacle, Resting):
            self.obstacle = verdict


@dataclass(frozen=True, slots=True)
class OrderPusher:
    """One tenant's way to HubSpot for orders."""

    hubspot: Hubspot
    conveyor: Conveyor
    pusher: Pusher
    needs: Needs
    settling: Settling
    clock: Clock
    tally: Tally

    def push(self, records: Sequence[OrderRecord]) -> None:
        """Push whole orders, and settle each."""
        if not records:
            return
        stages = self.hubspot.order_stages()
        shown = [r for r in records if mapping.STAGE_LABELS[r.header.state] in stages]
        for record in records:
            label = mapping.STAGE_LABELS[record.header.state]
            if label not in stages:
                why = Resting(f"the order pipeline has no stage labelled {label}")
                self.settling.leave(ObjectType.ORDERS, [record.mark], why)
        linked = self.needs.link(shown)
        going = [Progress(r, mapping.order(r, stages)) for r in shown]
        for progress in going:
            self._check(progress, linked)
        self._orders([p for p in going if p.obstacle is None])
        alive = [p for p in going if p.hubspot_id]
        self._lines(alive, linked)
        self._associate(alive)
        for progress in going:
            self._finish(progress)
        self.settling.commit()

    def _check(self, progress: Progress, linked: Linked) -> None:
        header = progress.record.header
        progress.contact = linked.contacts.get(header.customer_id or "")
        owed = [line for page in progress.record.pages for line in page.owed]
        needs = {(ObjectType.PRODUCTS, line.sku) for line in owed}
        needs.add((ObjectType.CONTACTS, header.customer_id or ""))
        for need in needs & linked.obstacles.keys():
            progress.stop(linked.obstacles[need])
        for need in needs & linked.parked.keys():
            self.settling.waits(header.id, need[0], linked.parked[need])
        progress.unlinked = {
            line.number for line in owed if (ObjectType.PRODUCTS, line.sku) in linked.parked
        }

    def _orders(self, going: Sequence[Progress]) -> None:
        verdicts = self.pusher.write((p.subject for p in going), {}, urgent=True)
        for progress in going:
            match progress.judged(verdicts[progress.subject.key]):
                case Landed(hubspot_id):
                    progress.hubspot_id = hubspot_id
                case Rejected(reason):
                    self.settling.rejected(progress.subject, reason)
                    progress.obstacle = Held()  # parked: nothing more of it in this turn
                case (Resting() | Held()) as obstacle:
                    progress.stop(obstacle)

    def _lines(self, going: Sequence[Progress], linked: Linked) -> None:
        owed = [
            (progress, line, mapping.line(progress.record, page, line, linked.products))
            for progress in going
            for page in progress.record.pages
            for line in page.owed
        ]
        verdicts = self.pusher.write((s for _, _, s in owed), {}, urgent=True)
        for progress, line, subject in owed:
            self._line_settled(progress, line, verdicts[subject.key])

    def _line_settled(self, progress: Progress, line: Line, verdict: Verdict) -> None:
        match progress.judged(verdict):
            case Landed(hubspot_id):
                progress.landed[line.number] = hubspot_id
                self.tally.landed[ObjectType.LINE_ITEMS] += 1
            case Rejected(reason):
                self._refused(progress, line.number, reason)
            case (Resting() | Held()) as obstacle:
                progress.stop(obstacle)

    def _associate(self, going: Sequence[Progress]) -> None:
        people: list[Input] = []
        lines: list[Input] = []
        for progress in going:
            here = progress.hubspot_id
            before = progress.record.link
            if progress.contact and (before is None or before.contact != progress.contact):
                people.append(Input(progress.subject.key, here, to=progress.contact))
            for number, there in progress.landed.items():
                key = mapping.line_id(progress.record.header.id, number)
                lines.append(Input(key, here, to=there))
        verdicts = self.conveyor.write(
            (
                *associate(ObjectType.ORDERS, ObjectType.CONTACTS, people),
                *associate(ObjectType.ORDERS, ObjectType.LINE_ITEMS, lines),
            ),
            urgent=True,
        )
        for progress in going:
            self._associated(progress, verdicts)

    def _associated(self, progress: Progress, verdicts: Mapping[str, Verdict]) -> None:
        header = progress.record.header
        about_contact = verdicts.get(progress.subject.key)
        match about_contact and progress.judged(about_contact):
            case Landed() if progress.record.link is not None:
                self.settling.cured(TO_CONTACT, header.id)
            case Rejected(reason):
                progress.contact = None
                self.settling.part_rejected(TO_CONTACT, header.id, progress.subject, reason)
            case (Resting() | Held()) as obstacle:
                progress.stop(obstacle)
        for number in list(progress.landed):
            match progress.judged(verdicts[mapping.line_id(header.id, number)]):
                case Rejected(reason):
                    del progress.landed[number]
                    self._refused(progress, number, reason)
                case (Resting() | Held()) as obstacle:
                    del progress.landed[number]
                    progress.stop(obstacle)

    def _refused(self, progress: Progress, number: int, reason: Reason) -> None:
        progress.refused.add(number)
        key = mapping.line_id(progress.record.header.id, number)
        self.settling.part_rejected(ObjectType.LINE_ITEMS, key, progress.subject, reason)

    def _finish(self, progress: Progress) -> None:
        """Keep what was achieved, then clean the order's mark, or leave it for later."""
        self._keep_lines(progress)
        record = progress.record
        match progress.obstacle:
            case Resting() as obstacle:
                self.settling.resting(progress.subject, obstacle)
            case None:
                contact = progress.contact or (record.link.contact if record.link else None)
                link = Link(progress.hubspot_id, contact=contact)
                link = landed(link, progress.subject, self.pusher.ownership)
                self.settling.landed(progress.subject, link)
                if record.link is None:
                    self.tally.lags.append(self.clock.now() - accepted_at(record.header.id))

    def _keep_lines(self, progress: Progress) -> None:
        for page in progress.record.pages:
            cured = page.retried & progress.landed.keys()
            for number in sorted(cured):
                key = mapping.line_id(progress.record.header.id, number)
                self.settling.cured(ObjectType.LINE_ITEMS, key)
            numbers = {line.number for line in page.lines}
            done = numbers - progress.unlinked
            landed = {n: i for n, i in progress.landed.items() if n in done}
            refused = progress.refused & numbers
            if landed or refused or cured:
                self.settling.lines(
                    LinePage(
                        progress.subject.home,
                        page.number,
                        {**page.links, **landed},
                        tuple(sorted(page.parked | refused)),
                        tuple(sorted(page.retried - cured - refused)),
                        page.revision,
                    )
                )
