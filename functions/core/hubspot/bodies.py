"""Batch calls as HubSpot's JSON, and its JSON as outcomes.

Shapes are those of HubSpot's OpenAPI documents (`objects`, `associations`: 2026-09 and v3/v4). A
partial failure is 207 in v3 and 200 in 2026-09, so that `errors` is looked for whatever the 2xx.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from core.crm.calls import FOUND, Action
from core.crm.outcomes import (
    CONFLICT,
    Denied,
    Ok,
    Outcome,
    Quota,
    RateLimited,
    Reason,
    Refused,
    Result,
    Unavailable,
    Unknown,
)
from core.crm.properties import MODIFIED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.crm.calls import Call, Input, Query

_CANNOT_NOW = {423, 477}
_DENIED = {401, 403, 404, 405}
_SYSTEMIC = {"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "MISSING_SCOPES"}
"""Codes and categories that no change to a record cures: the portal is not set up for us."""

_BAD_ID_PROPERTY = re.compile(r"id ?property", re.IGNORECASE)
_TOO_MANY = 429
_CONFLICT = 409


def request(call: Call) -> dict[str, Any]:
    """Return the body of a batch call."""
    if call.action is Action.ASSOCIATE:
        return {"inputs": [{"from": {"id": i.id}, "to": {"id": i.to}} for i in call.inputs]}
    if call.action is Action.ASSOCIATED:
        return {"inputs": [_present({"id": i.id, "after": i.after}) for i in call.inputs]}
    if call.query is not None:
        return _search(call, call.query)
    if call.action is Action.READ:
        body: dict[str, Any] = {
            "inputs": [{"id": i.id} for i in call.inputs],
            "properties": list(call.wanted),
            "propertiesWithHistory": [],
        }
        return body | ({"idProperty": call.id_property} if call.id_property else {})
    return {"inputs": [_write(call, i) for i in call.inputs]}


def _search(call: Call, query: Query) -> dict[str, Any]:
    """Return a search sorted by id; whatever the sort, its first page is all that is read."""
    beyond = [{"propertyName": "hs_object_id", "operator": "GT", "value": query.after}]
    if query.since is not None:
        changed = {"propertyName": MODIFIED[call.type], "operator": "GTE"}
        beyond.append({**changed, "value": str(query.since)})
    return {
        "filterGroups": [
            {"filters": [{"propertyName": name, "operator": "HAS_PROPERTY"}, *beyond]}
            for name in query.having
        ],
        "sorts": ["hs_object_id"],
        "properties": list(call.wanted),
        "limit": FOUND,
        "after": "0",
    }


def _present(body: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in body.items() if value}


def _write(call: Call, item: Input) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": item.id,
        "properties": dict(item.properties),
        "objectWriteTraceId": item.key,
    }
    if call.id_property:
        body["idProperty"] = call.id_property
    return body


def outcome(status: int, headers: Mapping[str, str], data: bytes) -> Outcome:
    """Return what an answer means."""
    body = parsed(data)
    if status < 300:  # noqa: PLR2004 - every 2xx
        if body is None:
            return Unknown(f"status {status} with a body that is no JSON object")
        return _done(body)
    reason = _reason({"category": CONFLICT if status == _CONFLICT else ""} | (body or {}))
    if status == _TOO_MANY:
        policy = (body or {}).get("policyName") or _policy(reason.message)
        return RateLimited(str(policy), retry_after(headers))
    if status in _CANNOT_NOW or status < 400 or status >= 500:  # noqa: PLR2004 - 3xx and 5xx
        return Unavailable(status, retry_after(headers))
    systemic = not _SYSTEMIC.isdisjoint((reason.category, *reason.codes))
    if status in _DENIED or systemic or _BAD_ID_PROPERTY.search(reason.message):
        return Denied(status, reason)
    return Refused(status, reason)


def quota(headers: Mapping[str, str]) -> Quota:
    """Return what the rate headers say."""

    def number(name: str) -> int | None:
        text = headers.get(f"x-hubspot-ratelimit-{name}", "")
        return int(text) if text.isdecimal() else None

    return Quota(
        number("interval-milliseconds"),
        number("max"),
        number("remaining"),
        number("daily"),
        number("daily-remaining"),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After in seconds; None where it is missing or no number."""
    text = headers.get("retry-after", "")
    return float(text) if text.replace(".", "", 1).isdecimal() else None


def parsed(data: bytes) -> dict[str, Any] | None:
    """Return the body as a JSON object; None when it is none."""
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _done(body: dict[str, Any]) -> Ok:
    listed = body.get("results") or ()
    results = tuple(result for raw in listed for result in _results(raw))
    errors = tuple(_reason(e) for e in body.get("errors") or ())
    if not errors and body.get("numErrors"):
        errors = (Reason("UNKNOWN", f"{body['numErrors']} errors that HubSpot does not name"),)
    more = {
        str(raw["from"]["id"]): str(raw["paging"]["next"]["after"])
        for raw in listed
        if _goes_on(raw)
    }
    return Ok(results, errors, more, body.get("total"))


def _goes_on(raw: dict[str, Any]) -> bool:
    """Tell whether a record has more associations than the answer lists."""
    return "from" in raw and "after" in ((raw.get("paging") or {}).get("next") or {})


def _results(raw: dict[str, Any]) -> list[Result]:
    """Read one result: of a read of associations, one for each record at the other end."""
    if "from" in raw and isinstance(raw["to"], list):
        return [Result(str(raw["from"]["id"]), to=str(to["toObjectId"])) for to in raw["to"]]
    return [_result(raw)]


def _result(raw: dict[str, Any]) -> Result:
    if "from" in raw:
        return Result(str(raw["from"]["id"]), to=str(raw["to"]["id"]))
    properties = {k: str(v) for k, v in (raw.get("properties") or {}).items() if v is not None}
    return Result(str(raw["id"]), properties, str(raw.get("objectWriteTraceId") or ""))


def _reason(raw: dict[str, Any]) -> Reason:
    context = raw.get("context") or {}
    details = [e for e in raw.get("errors") or () if isinstance(e, dict)]
    return Reason(
        str(raw.get("category") or "UNKNOWN"),
        str(raw.get("message") or "HubSpot gave no message"),
        tuple(str(e["code"]) for e in details if e.get("code")),
        tuple(str(i) for i in context.get("ids") or context.get("id") or ()),
        tuple(str(i) for i in context.get("objectWriteTraceId") or ()),
    )


def _policy(message: str) -> str:
    """Name the limit from HubSpot's sentence: search's 429 has no policy name."""
    text = message.lower()
    if "daily" in text:
        return "DAILY"
    return "TEN_SECONDLY_ROLLING" if "ten_secondly" in text else "SECONDLY"
