"""Property values: what HubSpot accepts, and in what form it keeps it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from local.twin.clock import iso
from local.twin.problems import Problem, invalid_properties

if TYPE_CHECKING:
    from local.twin.catalog import ObjectType
    from local.twin.properties import Property
    from local.twin.state import Portal

_EMAIL = re.compile(r"[^@\s,;<>()\[\]]{1,64}@[^@\s.,]+(\.[^@\s.,]+)+")
_EPOCH_MS = re.compile(r"-?\d{1,14}")
_DAY_MS = 86_400_000
MAX_STRING = 65_536


class InvalidError(ValueError):
    """A value that is refused; `code` as HubSpot names it."""

    def __init__(self, message: str, code: str) -> None:
        """Keep what HubSpot would say."""
        super().__init__(message)
        self.code = code


def clean(
    portal: Portal,
    kind: ObjectType,
    properties: dict[str, Any],
    current: dict[str, str],
    version: str = "",
) -> dict[str, str]:
    """Return the values to keep; "" clears. Raises one Problem that names every bad value.

    `version` of the API decides which of the account's own rules are enforced.
    """
    kept: dict[str, str] = {}
    bad: list[dict[str, Any]] = []
    definitions = portal.properties[kind.type_id]
    for raw_name, raw in properties.items():
        if raw is None:  # answered with success, and nothing is cleared
            continue
        name = raw_name.lower()
        prop = definitions.get(name)
        try:
            kept[name] = _clean_one(portal, kind, prop, name, raw)
        except InvalidError as refusal:
            bad.append({"message": str(refusal), "error": refusal.code, "name": name})
            if prop is None:
                bad[-1]["portalId"] = portal.id
    bad += _check_stage(portal, kind, kept, current)
    bad += filter(None, (r.breach(kind, version, kept, current) for r in portal.rules))
    if bad:
        raise invalid_properties(bad)
    return kept


def _clean_one(portal: Portal, kind: ObjectType, prop: Property | None, name: str, raw: Any) -> str:
    if prop is None or prop.archived_at is not None:
        raise InvalidError(f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST")
    if prop.read_only:
        raise InvalidError(
            f'"{name}" is a read only property; its value cannot be set.', "READ_ONLY_VALUE"
        )
    value = _as_text(raw)
    if value == "":
        return ""
    if kind.name == "contacts" and name == "email":
        return _email(portal, value)
    return _CHECKS.get(prop.type, _string)(value, prop)


def _as_text(raw: Any) -> str:
    """Coerce as HubSpot does, though its documents promise strings only."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, str | int | float):
        return str(raw)
    raise Problem(400, "Invalid input JSON on line 1, column 2: a property value is no string")


def _email(portal: Portal, value: str) -> str:
    value = value.strip().lower()
    if not _EMAIL.fullmatch(value):
        raise InvalidError(f"Email address {value} is invalid", "INVALID_EMAIL")
    if value in portal.blocked_emails:
        raise InvalidError(f"{value}: email has been GDPR blocklisted", "INVALID_EMAIL")
    return value


def _string(value: str, _prop: Property) -> str:
    if len(value) > MAX_STRING:
        raise InvalidError(f"Value is longer than {MAX_STRING} characters", "VALUE_TOO_LONG")
    return value


def _number(value: str, _prop: Property) -> str:
    value = value.strip()
    try:
        finite = Decimal(value).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise InvalidError(f"{value} was not a valid number.", "INVALID_NUMBER")
    return value


def _option(value: str, prop: Property) -> str:
    chosen = value.split(";") if prop.body["fieldType"] == "checkbox" else [value]
    if not prop.options.issuperset(chosen):
        allowed = ", ".join(str(o["value"]) for o in prop.body["options"])
        raise InvalidError(
            f"{value} was not one of the allowed options: [{allowed}]", "INVALID_OPTION"
        )
    return value


def moment(value: str) -> int | None:
    """Read an ISO 8601 date or time, or epoch milliseconds; None where it is neither."""
    if _EPOCH_MS.fullmatch(value):
        return int(value)
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return round(parsed.timestamp() * 1000)


def _datetime(value: str, _prop: Property) -> str:
    at = moment(value.strip())
    if at is None:
        raise InvalidError(f"{value} was not a valid long.", "INVALID_LONG")
    return iso(at)


def _date(value: str, _prop: Property) -> str:
    at = moment(value.strip())
    if at is None:
        raise InvalidError(f"{value} was not a valid long.", "INVALID_LONG")
    if at % _DAY_MS:
        raise InvalidError(f"{value} is at {iso(at)[11:-1]} UTC, not midnight!", "INVALID_DATE")
    return iso(at)[:10]


_CHECKS = {
    "number": _number,
    "enumeration": _option,
    "bool": _option,
    "datetime": _datetime,
    "date": _date,
}


def _check_stage(
    portal: Portal, kind: ObjectType, kept: dict[str, str], current: dict[str, str]
) -> list[dict[str, Any]]:
    """Find a stage that is not of the record's pipeline (the first one where none is set)."""
    if kind.pipeline is None or kind.stage is None:
        return []
    if not kept.keys() & {kind.pipeline, kind.stage}:
        return []
    pipelines = portal.pipelines[kind.type_id]
    default = next(iter(pipelines), "")
    name = kept.get(kind.pipeline) or current.get(kind.pipeline) or default
    if name not in pipelines:
        return [_no_such(kind.pipeline, name, list(pipelines))]
    stage = kept.get(kind.stage) or current.get(kind.stage)
    stages = [s.id for s in pipelines[name].stages]
    if stage and stage not in stages:
        return [_no_such(kind.stage, stage, stages)]
    return []


def _no_such(name: str, value: str, allowed: list[str]) -> dict[str, Any]:
    listed = ", ".join(allowed)
    message = f"{value} was not one of the allowed options: [{listed}]"
    return {"message": message, "error": "INVALID_OPTION", "name": name}
