"""Which side owns each field that Countersign and HubSpot both show: the one table.

    ours      Countersign's value stands; a change in HubSpot is put right
    both      a change on either side goes to the other; ours stands if both changed at once
    hubspot   HubSpot's value stands; ours only fills a record that is new there

Stock, prices, totals and ids are ours for good: they follow from the ledger and from orders. A
contact's name, phone and e-mail are what salespeople mend while they talk to the person, and an
order's stage is what they move, so these are shared by default. A deployer may choose otherwise
where `Rule.choices` has more than one side (cdk.json, `field_ownership`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.crm.properties import NATIVE, OURS, ObjectType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Side(StrEnum):
    """Whose value of a field stands."""

    OURS = "ours"
    BOTH = "both"
    HUBSPOT = "hubspot"


STAGE = "hs_pipeline_stage"
PIPELINE = "hs_pipeline"
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Rule:
    """The side that owns a field unless the deployer chooses another of `choices`, and why."""

    side: Side
    choices: tuple[Side, ...]
    why: str


_OURS_ALONE = (Side.OURS,)
_ANY = (Side.BOTH, Side.OURS, Side.HUBSPOT)
_PERSON = "salespeople mend it, and so do orders and the API"

_SHARED: dict[tuple[ObjectType, str], Rule] = {
    (ObjectType.CONTACTS, "firstname"): Rule(Side.BOTH, _ANY, _PERSON),
    (ObjectType.CONTACTS, "lastname"): Rule(Side.BOTH, _ANY, _PERSON),
    (ObjectType.CONTACTS, "phone"): Rule(Side.BOTH, _ANY, _PERSON),
    (ObjectType.CONTACTS, EMAIL): Rule(
        Side.BOTH,
        (Side.BOTH, Side.OURS),
        "salespeople mend it; it identifies the customer, so it can be changed and not cleared",
    ),
    (ObjectType.ORDERS, STAGE): Rule(
        Side.BOTH,
        (Side.BOTH, Side.OURS),
        "a move in HubSpot goes through the order's state machine, like one through the API",
    ),
}

_WHY = {
    ObjectType.CONTACTS: "the shop's own id or bookkeeping",
    ObjectType.PRODUCTS: "follows from the catalogue and the stock ledger",
    ObjectType.ORDERS: "follows from what was ordered, paid, shipped and returned",
    ObjectType.LINE_ITEMS: "a placed order's lines never change",
}


def _rules() -> dict[tuple[ObjectType, str], Rule]:
    rules = {
        (kind, name): Rule(Side.OURS, _OURS_ALONE, _WHY[kind])
        for kind in ObjectType
        for name in (*NATIVE[kind], *(p.name for p in OURS[kind]))
    }
    rules[ObjectType.ORDERS, PIPELINE] = Rule(
        Side.OURS, _OURS_ALONE, "an order's stages are those of one pipeline"
    )
    return rules | _SHARED


RULES: dict[tuple[ObjectType, str], Rule] = _rules()
"""Every property that we send or read, by type and name."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """The rules of one deployment: the defaults, and what its deployer `chose` instead."""

    chosen: Mapping[tuple[ObjectType, str], Side] = field(default_factory=dict)

    def of(self, kind: ObjectType, name: str) -> Side:
        """Return who owns a property; KeyError for one that is not ours to know."""
        return self.chosen.get((kind, name)) or RULES[kind, name].side

    def having(self, kind: ObjectType, side: Side) -> frozenset[str]:
        """Return a type's properties that this side owns."""
        return frozenset(n for k, n in RULES if k is kind and self.of(k, n) is side)

    def written(self) -> str:
        """Return what was chosen, as `parsed` reads it."""
        chosen: dict[str, dict[str, str]] = {}
        for (kind, name), side in sorted(self.chosen.items()):
            chosen.setdefault(str(kind), {})[name] = str(side)
        return json.dumps(chosen)


def problems(choices: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield one line for each choice that cannot be made: `{"contacts": {"email": "ours"}}`."""
    for kind, fields in choices.items():
        if kind not in {str(k) for k in ObjectType}:
            yield f"no object type {kind!r}; there are {', '.join(ObjectType)}"
            continue
        for name, side in fields.items():
            yield from _problem(ObjectType(kind), name, side)


def _problem(kind: ObjectType, name: str, side: str) -> Iterator[str]:
    rule = RULES.get((kind, name))
    if rule is None:
        yield f"{kind} have no property {name!r} of ours"
    elif side not in {str(s) for s in Side}:
        yield f"{kind}.{name}: no side {side!r}; there are {', '.join(Side)}"
    elif side not in rule.choices:
        allowed = " or ".join(rule.choices)
        yield f"{kind}.{name} can only be {allowed}, not {side}: {rule.why}"


def chosen(choices: Mapping[str, Mapping[str, str]]) -> Ownership:
    """Return the ownership with these choices; ValueError that names every wrong one."""
    wrong = list(problems(choices))
    if wrong:
        raise ValueError("; ".join(wrong))
    return Ownership(
        {
            (ObjectType(kind), name): Side(side)
            for kind, fields in choices.items()
            for name, side in fields.items()
        }
    )


def parsed(text: str) -> Ownership:
    """Read the environment's `FIELD_OWNERSHIP`: the choices as JSON; ValueError if wrong."""
    return chosen(json.loads(text))
