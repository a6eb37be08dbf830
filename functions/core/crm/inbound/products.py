"""Products: all that HubSpot shows of them is ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm import mapping
from core.crm.inbound.cases import Case, Result
from core.crm.properties import UNIQUE, ObjectType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.crm.inbound.ports import LinkStore
    from core.crm.inbound.repairs import Repairs
    from core.crm.outcomes import Result as Shown
    from core.crm.ports import CrmStore
    from core.crm.seeing import Difference

_SKU = "countersign_sku"


@dataclass(frozen=True, slots=True)
class Products:
    """One tenant's."""

    records: CrmStore
    links: LinkStore
    repairs: Repairs
    type: ObjectType = ObjectType.PRODUCTS

    def cases(self, found: Mapping[str, Shown | None]) -> dict[str, Case]:
        """Return our products: by where they stand, else by what HubSpot shows."""
        named = self.links.names(self.type, found)
        for asked, shown in found.items():
            if shown and (sku := shown.properties.get(_SKU)):
                named.setdefault(asked, sku)
        records = self.records.products(named.values())
        cases: dict[str, Case] = {}
        for asked, sku in named.items():
            if sku not in records:
                continue
            subject, shown = mapping.product(records[sku]), found[asked]
            properties = shown.properties if shown else {}
            stands = subject.link is not None and subject.link.hubspot_id == asked
            if stands or properties.get(UNIQUE[self.type]) == subject.key:
                cases[asked] = Case(asked, shown.id if shown else asked, sku, subject, properties)
        return cases

    def settle(self, case: Case, differences: Sequence[Difference]) -> Result:
        """Put right what was changed; a product whose id was taken from it is linked anew."""
        if any(d.property == UNIQUE[self.type] for d in differences):
            return self.repairs.deleted(case, owed=True)
        if not case.linked:
            self.links.relink(case.subject.home, case.hubspot_id)
        return self.repairs.put_right(case, differences)

    def deleted(self, case: Case) -> Result:
        """Put the product back: the catalogue is ours."""
        return self.repairs.deleted(case, owed=True)
