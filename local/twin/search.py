"""Search: POST /crm/objects/{version}/{objectType}/search, behind the writes by its lag."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from local.twin.call import Answer, Call
from local.twin.objects import page_limit, view
from local.twin.problems import Problem
from local.twin.validation import moment
from local.twin.writes import catch_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twin.state import Record

MAX_PAGE = 200
MAX_RESULTS = 10_000
MAX_BODY = 3_000
MAX_GROUPS = 5
MAX_FILTERS = 6
MAX_ALL_FILTERS = 18


def search(call: Call) -> Answer:
    """Find records by filters, as the index knew them a moment ago."""
    body, kind = call.fields(), call.kind()
    groups = _checked_groups(call, body)
    limit = page_limit(body.get("limit") or None, 10, MAX_PAGE)
    after = int(body.get("after") or 0)
    if after + limit > MAX_RESULTS:
        raise Problem(400, f"Paging beyond {MAX_RESULTS} results is not supported by search")
    catch_up(call.portal)
    query = str(body.get("query") or "").casefold()
    found = [
        r
        for r in call.portal.search_index[kind.type_id].values()
        if (not groups or any(_fits(r, g) for g in groups)) and _mentions(r, query)
    ]
    _sort(found, body.get("sorts") or [])
    answer: dict[str, Any] = {
        "total": len(found),
        "results": [
            view(call.portal, r, body.get("properties")) for r in found[after : after + limit]
        ],
    }
    if after + limit < len(found):
        answer["paging"] = {"next": {"after": str(after + limit)}}
    return Answer(200, answer)


def _checked_groups(call: Call, body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    if len(json.dumps(body)) > MAX_BODY:
        raise Problem(400, f"A search body has at most {MAX_BODY} characters")
    groups = [g.get("filters") or [] for g in body.get("filterGroups") or []]
    too_many = len(groups) > MAX_GROUPS or sum(map(len, groups)) > MAX_ALL_FILTERS
    if too_many or any(len(g) > MAX_FILTERS for g in groups):
        raise Problem(
            400,
            f"At most {MAX_GROUPS} filter groups of {MAX_FILTERS} filters, "
            f"{MAX_ALL_FILTERS} filters in all",
        )
    known = call.portal.properties[call.kind().type_id]
    for one in (f for g in groups for f in g):
        if one.get("propertyName") not in known:
            raise Problem(400, f"There was a problem with the request: {one.get('propertyName')}")
        if one.get("operator") not in _OPERATORS:
            raise Problem(400, f"Invalid operator: {one.get('operator')}")
    return groups


def _fits(record: Record, filters: list[dict[str, Any]]) -> bool:
    return all(
        _OPERATORS[f["operator"]](record.properties.get(f["propertyName"]), f) for f in filters
    )


def _key(value: str) -> tuple[int, Any]:
    """Order numbers and dates by size, all else by folded text."""
    try:
        return (0, Decimal(value))
    except InvalidOperation:
        found = moment(value)
        return (1, value.casefold()) if found is None else (0, Decimal(found))


def _compare(test: Callable[[tuple[int, Any], tuple[int, Any]], bool]) -> Callable[..., bool]:
    return lambda value, f: value is not None and test(_key(value), _key(str(f.get("value", ""))))


def _between(value: str | None, f: dict[str, Any]) -> bool:
    return value is not None and _key(f["value"]) <= _key(value) <= _key(f["highValue"])


def _among(value: str | None, f: dict[str, Any]) -> bool:
    return value is not None and _key(value) in {_key(str(v)) for v in f.get("values") or []}


def _has_token(value: str | None, f: dict[str, Any]) -> bool:
    wanted = str(f.get("value", "")).strip("*").casefold()
    return value is not None and wanted in value.casefold()


_equal = _compare(lambda a, b: a == b)
_OPERATORS: dict[str, Callable[..., bool]] = {
    "EQ": _equal,
    "NEQ": lambda v, f: not _equal(v, f),
    "LT": _compare(lambda a, b: a < b),
    "LTE": _compare(lambda a, b: a <= b),
    "GT": _compare(lambda a, b: a > b),
    "GTE": _compare(lambda a, b: a >= b),
    "BETWEEN": _between,
    "IN": _among,
    "NOT_IN": lambda v, f: v is not None and not _among(v, f),
    "HAS_PROPERTY": lambda v, _f: v is not None,
    "NOT_HAS_PROPERTY": lambda v, _f: v is None,
    "CONTAINS_TOKEN": _has_token,
    "NOT_CONTAINS_TOKEN": lambda v, f: not _has_token(v, f),
}


def _mentions(record: Record, query: str) -> bool:
    return not query or any(query in v.casefold() for v in record.properties.values())


def _sort(found: list[Record], sorts: list[Any]) -> None:
    """Sort by the one property that HubSpot allows; without one, by creation."""
    if not sorts:
        return
    first = sorts[0]
    if isinstance(first, dict):
        name, down = first["propertyName"], first.get("direction") == "DESCENDING"
    else:
        name, down = str(first).lstrip("-"), str(first).startswith("-")
    found.sort(key=lambda r: _key(r.properties.get(name, "")), reverse=down)
