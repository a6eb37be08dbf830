"""Customers and their consents, read from and written as DynamoDB items."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from core.customers.consent import Basis, Decision, Recorded, State
from core.customers.model import Address, Customer, plain
from core.customers.personal import PERSONAL
from core.customers.resolve import Guard

if TYPE_CHECKING:
    from core.customers.model import Value
    from core.store.table import Item


def stands(item: Item | None) -> TypeGuard[Item]:
    """Return whether an item is there and its person was not buried."""
    return item is not None and "erased_at" not in item


def customer(item: Item) -> Customer:
    """Read a customer."""
    fields: Item = {n: _value(item.get(n)) for n in PERSONAL}
    return Customer(
        id=item["id"],
        created_at=item["created_at"],
        audit_key=item["audit_key"],
        version=item["version"],
        consents={p: _decision(p, raw) for p, raw in item.get("consents", {}).items()},
        **fields,
    )


def written(of: Customer) -> Item:
    """Return all of a customer that can change; None for what he has not."""
    fields: Item = {n: plain(getattr(of, n)) for n in PERSONAL}
    return fields | {
        "guest": of.guest,
        "consents": {p: _decision_item(d) for p, d in of.consents.items()} or None,
        "version": of.version,
    }


def guard(item: Item | None) -> Guard | None:
    """Read a guard; None when nobody holds it, or no longer."""
    if item is None or "released_at" in item:
        return None
    return Guard(item.get("customer_id"), item.get("erased_at"))


def recorded(item: Item) -> Recorded:
    """Read a decision of the history."""
    return Recorded(item["id"], _decision(item["purpose"], item), item["recorded_at"])


def recorded_item(of: Recorded) -> Item:
    """Write a decision of the history."""
    kept = {"id": of.id, "purpose": of.decision.purpose, "recorded_at": of.recorded_at}
    return kept | _decision_item(of.decision)


def _value(raw: str | Item | None) -> Value:
    return Address(**raw) if isinstance(raw, dict) else raw


def _decision(purpose: str, raw: Item) -> Decision:
    return Decision(
        purpose=purpose,
        state=State(raw["state"]),
        basis=Basis(raw["basis"]),
        at=raw["at"],
        source=raw["source"],
        wording=raw.get("wording"),
    )


def _decision_item(of: Decision) -> Item:
    item: Item = {
        "state": str(of.state),
        "basis": str(of.basis),
        "at": of.at,
        "source": of.source,
        "wording": of.wording,
    }
    return {name: value for name, value in item.items() if value is not None}
