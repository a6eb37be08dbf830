"""What a portal must have before we push to it, and what of it is missing or wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.crm.mapping import STAGE_LABELS
from core.crm.properties import GROUP, OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.crm.properties import ObjectType, Property


@dataclass(slots=True)
class TypeReport:
    """What was found and done for one object type; `wrong` are sentences for a person."""

    created: list[str] = field(default_factory=list)
    existing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def compare(
    kind: ObjectType, defined: Iterable[Mapping[str, Any]]
) -> tuple[TypeReport, tuple[Property, ...]]:
    """Compare our properties with those that the portal defines; return those to create too."""
    known = {d["name"]: d for d in defined}
    report = TypeReport()
    missing: list[Property] = []
    for wanted in OURS[kind]:
        there = known.get(wanted.name)
        if there is None:
            missing.append(wanted)
            report.created.append(wanted.name)
            continue
        report.existing.append(wanted.name)
        report.wrong += _faults(kind, wanted, there)
    return report, tuple(missing)


def _faults(kind: ObjectType, wanted: Property, there: Mapping[str, Any]) -> list[str]:
    faults = []
    if there.get("type") != wanted.type:
        faults.append(
            f"{kind}: the property {wanted.name} has the type {there.get('type')}, not "
            f"{wanted.type}. Rename or archive it in HubSpot, then run this again."
        )
    if wanted.unique and not there.get("hasUniqueValue"):
        faults.append(
            f"{kind}: the property {wanted.name} does not hold unique values, which HubSpot "
            "decides at creation only. Archive it in HubSpot, then run this again."
        )
    return faults


def definition(wanted: Property) -> dict[str, Any]:
    """Return a property as HubSpot's API creates it."""
    return {
        "name": wanted.name,
        "label": wanted.label,
        "description": wanted.description,
        "groupName": GROUP,
        "type": wanted.type,
        "fieldType": wanted.field_type,
        "hasUniqueValue": wanted.unique,
        "formField": False,
    }


def pipeline_faults(stages: Iterable[str]) -> list[str]:
    """Return what the order pipeline lacks, as sentences for a person."""
    there = set(stages)
    return [
        f"orders: the first order pipeline has no stage labelled {label}. Add it in HubSpot."
        for label in dict.fromkeys(STAGE_LABELS.values())
        if label not in there
    ]


def portal_faults(expected: str, actual: str) -> list[str]:
    """Return what is wrong with the account that the token opens; "0" or "" expects none."""
    if expected in {"", "0", actual}:
        return []
    return [f"The token opens portal {actual}, but this tenant's portal is {expected}."]
