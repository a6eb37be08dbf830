"""What DynamoDB asks for a transaction, counted from the items before and after it.

An item costs a unit for each KB begun, of the larger of its two states, twice in a transaction. An
index costs a unit for each entry put and each removed; ours hold keys only, so an entry is below
1 KB, and they follow by themselves, outside the transaction. Sizes: "DynamoDB item sizes and
formats" and "Global secondary indexes: write capacity units" in DynamoDB's guide.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.support.tables import AUDIT_INDEXES, INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Wire = Mapping[str, Any]
    Items = Mapping[tuple[str, str], Wire]

_INDEXES = (
    *((name, of, by) for name, of, by, _ in INDEXES),
    *((name, of, "sk") for name, of in AUDIT_INDEXES),
)

KB = 1024
TRANSACTED = 2
_NESTED = 3  # a list or map itself; each element takes one more


def units(actions: Iterable[Mapping[str, Any]], before: Items, after: Items) -> Counter[str]:
    """Return write units by what they were spent on: kind of item, or `index <name>`."""
    spent: Counter[str] = Counter()
    for action in actions:
        body = next(iter(action.values()))
        named = body.get("Key") or body["Item"]
        key = named["pk"]["S"], named["sk"]["S"]
        old, new = before.get(key, {}), after.get(key, {})
        spent[kind(*key)] += TRANSACTED * max(1, -(-max(size(old), size(new)) // KB))
        for name, of, by in _INDEXES:
            was, now = _entry(old, of, by), _entry(new, of, by)
            if was != now:
                spent[f"index {name}"] += (was is not None) + (now is not None)
    return spent


def kind(pk: str, sk: str) -> str:
    """Return what an item is, by its key."""
    of, part = pk.split("#")[1].lower(), sk.split("#", maxsplit=1)[0].lower()
    return {"sku": part, "order": f"order {part}"}.get(of, of)


def size(item: Wire) -> int:
    """Return an item's size in bytes, from its wire form."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(typed: Mapping[str, Any]) -> int:
    ((of, value),) = typed.items()
    if of == "S":
        return len(value.encode())
    if of == "N":
        return len(value.strip("-0.")) // 2 + 2
    if of == "B":
        return len(value)
    if of == "L":
        return _NESTED + sum(1 + _size(v) for v in value)
    if of == "M":
        return _NESTED + sum(1 + len(k.encode()) + _size(v) for k, v in value.items())
    return 1


def _entry(item: Wire, of: str, by: str) -> tuple[Any, Any] | None:
    return (item[of], item[by]) if of in item and by in item else None
