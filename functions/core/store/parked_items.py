"""What HubSpot refused, as items: how they are written, listed and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.crm.outcomes import Reason
from core.crm.parking import ParkedRecord, State
from core.store import keys, listing
from core.store.table import Action

if TYPE_CHECKING:
    from core.crm.ports import Parked
    from core.store.table import Item

_COUNTED = "refusals = if_not_exists(refusals, :none) + :one"
_TOLD = "category = :category, message = :message, codes = :codes, version = :version"


def refused(core_table: str, tenant: str, parked: Parked) -> tuple[Action, Action]:
    """Return two writes, the second for when the condition of the first does not hold.

    The first parks the record. It does not apply to one that is discarded with the same category
    and codes: the second only counts the refusal. (A message quotes values, which may change.)
    """
    key = keys.parked(tenant, parked.type, parked.key)
    told: dict[str, Any] = {
        ":category": parked.reason.category,
        ":message": parked.reason.message,
        ":codes": sorted(set(parked.reason.codes)),
        ":version": parked.version,
        ":at": parked.at,
        ":none": 0,
        ":one": 1,
    }
    begun = f"{parked.at:014d}#{parked.type}#{parked.key}"
    park = Action(
        "Update",
        core_table,
        key,
        "parked",
        update=f"SET #type = :type, id = :id, home = :home, #state = :parked, {_TOLD}, {_COUNTED}, "
        "parked_at = :at, begun = if_not_exists(begun, :begun), list_of = :list_of, "
        "list_by = if_not_exists(begun, :begun) REMOVE cured_at, discarded_at, discarded_by",
        condition="attribute_not_exists(discarded_at) OR category <> :category OR codes <> :codes",
        names={"#type": "type", "#state": "state"},
        values={
            **told,
            ":type": parked.type,
            ":id": parked.key,
            ":home": list(parked.home),
            ":parked": str(State.PARKED),
            ":begun": begun,
            ":list_of": listing.parked(tenant, State.PARKED, parked.type, parked.key),
        },
    )
    count = Action(
        "Update",
        core_table,
        key,
        "parked",
        update=f"SET {_TOLD}, {_COUNTED}, parked_at = :at",
        condition="attribute_exists(pk)",
        values=told,
    )
    return park, count


def cured(core_table: str, tenant: str, kind: str, record: str, at: int) -> Action:
    """Return the write that notes a cure; it does not apply to what is cured or was never parked.

    What is refused after it begins anew.
    """
    return Action(
        "Update",
        core_table,
        keys.parked(tenant, kind, record),
        "parked",
        update="SET #state = :cured, cured_at = :at, list_of = :list_of, list_by = :list_by "
        "REMOVE begun, discarded_at, discarded_by, retried_at",
        condition="attribute_exists(pk) AND #state <> :cured",
        names={"#state": "state"},
        values={
            ":cured": str(State.CURED),
            ":at": at,
            ":list_of": listing.parked(tenant, State.CURED, kind, record),
            ":list_by": f"{at:014d}#{kind}#{record}",
        },
    )


def retried(core_table: str, tenant: str, record: ParkedRecord, at: int) -> Action:
    """Return the action that notes that an operator owes it again; a discarded one is parked."""
    return Action(
        "Update",
        core_table,
        keys.parked(tenant, record.kind, record.id),
        "parked",
        update="SET #state = :parked, retried_at = :at, list_of = :list_of "
        "REMOVE discarded_at, discarded_by",
        condition="#state IN (:parked, :discarded)",
        names={"#state": "state"},
        values={
            ":parked": str(State.PARKED),
            ":discarded": str(State.DISCARDED),
            ":at": at,
            ":list_of": listing.parked(tenant, State.PARKED, record.kind, record.id),
        },
    )


def discarded(core_table: str, tenant: str, record: ParkedRecord, at: int, by: str) -> Action:
    """Return the action that discards what is parked with the reason that the operator has seen."""
    return Action(
        "Update",
        core_table,
        keys.parked(tenant, record.kind, record.id),
        "parked",
        update="SET #state = :discarded, discarded_at = :at, discarded_by = :by, "
        "list_of = :list_of",
        condition="#state = :parked AND refusals = :refusals",
        names={"#state": "state"},
        values={
            ":parked": str(State.PARKED),
            ":discarded": str(State.DISCARDED),
            ":at": at,
            ":by": by,
            ":refusals": record.refusals,
            ":list_of": listing.parked(tenant, State.DISCARDED, record.kind, record.id),
        },
    )


def record(item: Item, waiting: int = 0) -> ParkedRecord:
    """Read an item."""
    home_pk, home_sk = item["home"]
    return ParkedRecord(
        kind=item["type"],
        id=item["id"],
        home=(home_pk, home_sk),
        state=State(item["state"]),
        reason=Reason(item["category"], item["message"], tuple(item["codes"])),
        since=int(item["begun"][:14]) if "begun" in item else item["parked_at"],
        refused_at=item["parked_at"],
        refusals=item["refusals"],
        waiting=waiting,
        retried_at=item.get("retried_at"),
        cured_at=item.get("cured_at"),
        discarded_at=item.get("discarded_at"),
        discarded_by=item.get("discarded_by"),
    )
