"""What orders need in HubSpot before they can stand there: their customers and their products.

What is not there yet is pushed in the orders' own lane, without waiting for its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.crm import mapping
from core.crm.properties import ObjectType
from core.crm.verdicts import Held, Landed, Rejected, Resting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.clock import Clock
    from core.crm.ports import CrmStore
    from core.crm.pusher import Pusher
    from core.crm.records import OrderRecord
    from core.crm.subjects import Subject


@dataclass(frozen=True, slots=True)
class Linked:
    """HubSpot's ids of what orders refer to, and what stands in the way, both by our id or SKU."""

    contacts: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)
    obstacles: dict[tuple[ObjectType, str], Resting | Held] = field(default_factory=dict)
    parked: dict[tuple[ObjectType, str], str] = field(default_factory=dict)
    """What HubSpot refuses, with the key under which it is parked."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Brings into HubSpot what orders refer to."""

    pusher: Pusher
    records: CrmStore
    clock: Clock

    def link(self, records: Sequence[OrderRecord]) -> Linked:
        """Push the customers and products that are not in HubSpot yet; return where all stand."""
        people = list(dict.fromkeys(c for r in records if (c := r.header.customer_id)))
        skus = list(dict.fromkeys(n.sku for r in records for p in r.pages for n in p.owed))
        linked = Linked(
            {k: v.hubspot_id for k, v in self.records.customer_links(people).items()},
            {k: v.hubspot_id for k, v in self.records.product_links(skus).items()},
        )
        new_people = self.records.customers(i for i in people if i not in linked.contacts)
        new_products = self.records.products(s for s in skus if s not in linked.products)
        self._push(
            {
                **{i: mapping.customer(r) for i, r in new_people.items() if not r.customer.guest},
                **{sku: mapping.product(r) for sku, r in new_products.items()},
            },
            linked,
        )
        return linked

    def _push(self, new: Mapping[str, Subject], linked: Linked) -> None:
        """Push what orders need, by our id or SKU; note in `linked` what came of it.

        What was refused before and has not changed since is not tried again: its orders go without.
        """
        now = self.clock.now()
        free: dict[str, Subject] = {}
        for name, subject in new.items():
            if subject.resting(now):
                linked.obstacles[subject.type, name] = Resting("what the order needs is resting")
            elif subject.suspect and not subject.dirty:
                linked.parked[subject.type, name] = subject.key
            else:
                free[name] = subject
        verdicts = self.pusher.push(list(free.values()), urgent=True)
        for name, subject in free.items():
            match verdicts[subject.key]:
                case Landed(hubspot_id) if subject.type is ObjectType.CONTACTS:
                    linked.contacts[name] = hubspot_id
                case Landed(hubspot_id):
                    linked.products[name] = hubspot_id
                case Rejected():
                    linked.parked[subject.type, name] = subject.key
                case (Resting() | Held()) as obstacle:
                    linked.obstacles[subject.type, name] = obstacle
