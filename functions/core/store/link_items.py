"""Where our records stand in HubSpot, as items: the link beside the record, and the way back.

The way back from HubSpot's id is kept for contacts and products: a contact that was deleted for
good, or merged into another one, can no longer be asked whose it was, and a product's id is not the
SKU by which we keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm import ownership
from core.crm.properties import ObjectType
from core.crm.records import Link
from core.store import keys
from core.store.table import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.store.keys import Key
    from core.store.table import Item

_AGREED = "agreed_"

EMAIL, STAGE = f"{_AGREED}{ownership.EMAIL}", f"{_AGREED}{ownership.STAGE}"
"""The attributes that say on which e-mail address and on which stage both sides agree."""

_WAYS_BACK = {"CUSTOMER": ObjectType.CONTACTS, "SKU": ObjectType.PRODUCTS}


def put(core_table: str, home: Key, link: Link) -> list[Action]:
    """Return what keeps a link, the way back first. What of `agreed` is not named stays."""
    fields: Item = {
        "hubspot_id": link.hubspot_id,
        "withheld": sorted(link.withheld),
        "contact": link.contact,
        "merged": link.merged or None,
        **agreed(link.agreed),
    }
    link_ = set_fields(core_table, home, fields, "gone_at")
    return [*_way_back(core_table, home, link.hubspot_id), link_]


def stand(core_table: str, home: Key, hubspot_id: str) -> list[Action]:
    """Return what notes that a record stands elsewhere now, all else of its link unchanged."""
    moved = set_fields(core_table, home, {"hubspot_id": hubspot_id}, "gone_at", "merged")
    return [*_way_back(core_table, home, hubspot_id), moved]


def set_fields(
    core_table: str, home: Key, fields: Mapping[str, object], *absent: str, at: str | None = None
) -> Action:
    """Return the update that sets fields of a link; those that are None or `absent` go.

    With `at`, it holds only while the record stands at that HubSpot id.
    """
    present = {n: v for n, v in fields.items() if v is not None}
    gone = [f"#{n}" for n in (*(n for n in fields if fields[n] is None), *absent)]
    clauses = []
    if present:
        clauses.append("SET " + ", ".join(f"#{n} = :{n}" for n in present))
    if gone:
        clauses.append("REMOVE " + ", ".join(gone))
    return Action(
        "Update",
        core_table,
        keys.link(home),
        "link",
        update=" ".join(clauses),
        condition=None if at is None else "hubspot_id = :at AND attribute_not_exists(gone_at)",
        names={f"#{n}": n for n in (*fields, *absent)},
        values={f":{n}": v for n, v in present.items()} | ({} if at is None else {":at": at}),
    )


def agreed(prints: Mapping[str, str | None]) -> Item:
    """Return the attributes that hold what both sides agree on, one a property; None: no more."""
    return {f"{_AGREED}{name}": value for name, value in prints.items()}


def read(item: Item | None) -> Link | None:
    """Read a link; None where there is none, or where the record was deleted in HubSpot."""
    if item is None or "gone_at" in item or "hubspot_id" not in item:
        return None
    return Link(
        item["hubspot_id"],
        frozenset(item.get("withheld", ())),
        item.get("contact"),
        {k.removeprefix(_AGREED): v for k, v in item.items() if k.startswith(_AGREED)},
        item.get("merged", False),
    )


def _way_back(core_table: str, home: Key, hubspot_id: str) -> list[Action]:
    tenant, kind, _ = home.pk.split("#", 2)
    if kind not in _WAYS_BACK:
        return []
    key = keys.standing(tenant, _WAYS_BACK[kind], hubspot_id)
    return [Action("Put", core_table, key, "standing", {"home": [home.pk, home.sk]})]
