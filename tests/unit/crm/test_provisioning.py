"""What a portal must have, and what is said when it has not."""

from __future__ import annotations

from typing import Any

from core.crm.mapping import STAGE_LABELS
from core.crm.properties import OURS, UNIQUE, ObjectType
from core.crm.provisioning import compare, definition, pipeline_faults, portal_faults

KIND = ObjectType.PRODUCTS


def defined(**changed: Any) -> list[dict[str, Any]]:
    """Return our properties as a portal defines them, one of them changed."""
    return [
        {"name": p.name, "type": p.type, "hasUniqueValue": p.unique}
        | (changed if p.name == UNIQUE[KIND] else {})
        for p in OURS[KIND]
    ]


def test_an_empty_portal_misses_everything() -> None:
    """All our properties are to be created, each as HubSpot's API wants it."""
    report, missing = compare(KIND, [])
    assert [p.name for p in missing] == report.created
    assert set(missing) == set(OURS[KIND])
    made = definition(missing[0])
    assert made["hasUniqueValue"] is True
    assert made["fieldType"] == "text"
    assert made["groupName"] == "countersign"


def test_a_ready_portal_misses_nothing() -> None:
    """What is there and right is left alone."""
    report, missing = compare(KIND, defined())
    assert missing == ()
    assert not report.created
    assert not report.wrong


def test_a_property_that_is_not_unique_is_told_in_plain_words() -> None:
    """A property that cannot be an identity is named, with what to do about it."""
    report, missing = compare(KIND, defined(hasUniqueValue=False))
    assert missing == ()
    assert "does not hold unique values" in report.wrong[0]
    assert UNIQUE[KIND] in report.wrong[0]


def test_a_property_of_another_type_is_told_in_plain_words() -> None:
    """A property that somebody else made with another type is named."""
    report, _ = compare(KIND, defined(type="number"))
    assert "has the type number, not string" in report.wrong[0]


def test_each_type_has_one_identity_within_hubspots_ten() -> None:
    """Every type has exactly one unique property of ours."""
    for table in OURS.values():
        assert sum(p.unique for p in table) == 1


def test_pipeline_and_portal() -> None:
    """A missing stage and a wrong account are named; no expectation, no complaint."""
    labels = set(STAGE_LABELS.values())
    assert pipeline_faults(labels) == []
    assert "labelled Open." in pipeline_faults(labels - {"Open"})[0]
    assert portal_faults("1", "1") == portal_faults("0", "7") == portal_faults("", "7") == []
    assert "portal 7" in portal_faults("1", "7")[0]
