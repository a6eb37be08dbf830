"""HubSpot's answers as outcomes, by the examples that HubSpot documents or was seen to send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.crm.calls import Input, associate, read, update, upsert
from core.crm.outcomes import (
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
from core.crm.properties import ObjectType
from core.hubspot import bodies

VALIDATION = {
    "status": "error",
    "message": "Property values were not valid",
    "category": "VALIDATION_ERROR",
    "errors": [{"message": "x was not a valid number.", "code": "INVALID_NUMBER"}],
}
NO_PROPERTY = VALIDATION | {"errors": [{"message": "no", "code": "PROPERTY_DOESNT_EXIST"}]}
NO_SCOPE = {
    "status": "error",
    "message": "This app hasn't been granted all required scopes to make this call.",
    "category": "MISSING_SCOPES",
}
DAILY = {
    "status": "error",
    "message": "You have reached your daily limit.",
    "errorType": "RATE_LIMIT",
    "policyName": "DAILY",
}
SEARCH = {"status": "error", "message": "You have reached your secondly limit."}
NOT_UNIQUE = VALIDATION | {"message": "idProperty sku is not unique", "errors": []}


def answer(status: int, body: Any, **headers: str) -> Outcome:
    """Return what an answer means."""
    return bodies.outcome(status, headers, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, VALIDATION, Refused),
        (409, {"status": "error", "message": "Contact already exists."}, Refused),
        (413, {}, Refused),
        (400, NO_PROPERTY, Denied),
        (400, NOT_UNIQUE, Denied),
        (403, NO_SCOPE, Denied),
        (401, {"category": "INVALID_AUTHENTICATION"}, Denied),
        (404, {}, Denied),
        (429, DAILY, RateLimited),
        (423, {}, Unavailable),
        (477, {}, Unavailable),
        (500, {}, Unavailable),
        (502, "<html>", Unavailable),
        (524, {}, Unavailable),
        (302, {}, Unavailable),
        (200, "cut off", Unknown),
        (200, [], Unknown),
        (200, {"status": "COMPLETE", "results": []}, Ok),
        (207, {"status": "COMPLETE", "results": [], "errors": []}, Ok),
    ],
)
def test_each_status_has_its_meaning(status: int, body: Any, expected: type) -> None:
    """What one record cures is Refused, what an operator cures Denied, what time cures the rest."""
    assert isinstance(answer(status, body), expected)


@pytest.mark.parametrize(
    ("body", "policy"),
    [(DAILY, "DAILY"), (SEARCH, "SECONDLY"), ({}, "SECONDLY")],
)
def test_a_429_names_its_limit(body: Any, policy: str) -> None:
    """The policy's name is taken, or read from the sentence; Retry-After only where it is sent."""
    assert answer(429, body) == RateLimited(policy)
    assert answer(429, body, **{"retry-after": "7"}) == RateLimited(policy, 7.0)
    assert answer(429, body, **{"retry-after": "Fri, 31 Dec 1999"}) == RateLimited(policy)


def test_a_partial_failure_is_seen_whatever_the_2xx() -> None:
    """`errors` and `numErrors` count in a 200 (2026-09) as in a 207 (v3)."""
    trace = {"objectWriteTraceId": ["t1"]}
    body = {
        "status": "COMPLETE",
        "results": [{"id": "1", "properties": {"name": "x", "gone": None}}],
        "numErrors": 1,
        "errors": [{"status": "error", "category": "C", "message": "M", "context": trace}],
    }
    expected = Ok((Result("1", {"name": "x"}),), (Reason("C", "M", keys=("t1",)),))
    assert answer(200, body) == answer(207, body) == expected
    unnamed = answer(200, {"results": [], "numErrors": 2})
    assert isinstance(unnamed, Ok)
    assert len(unnamed.errors) == 1


def test_bodies_of_requests() -> None:
    """Requests are what HubSpot's documents ask for, each value a string."""
    (made,) = upsert(ObjectType.PRODUCTS, [Input("k", "k", {"price": "1.00"})])
    assert bodies.request(made) == {
        "inputs": [
            {
                "id": "k",
                "idProperty": "countersign_product_id",
                "objectWriteTraceId": "k",
                "properties": {"price": "1.00"},
            }
        ]
    }
    (changed,) = update(ObjectType.PRODUCTS, [Input("k", "77")])
    assert "idProperty" not in bodies.request(changed)["inputs"][0]
    (asked,) = read(ObjectType.CONTACTS, "email", [Input("k", "a@x.org")], ["email"])
    assert bodies.request(asked) == {
        "inputs": [{"id": "a@x.org"}],
        "idProperty": "email",
        "properties": ["email"],
        "propertiesWithHistory": [],
    }
    (joined,) = associate(ObjectType.ORDERS, ObjectType.CONTACTS, [Input("k", "1", to="2")])
    assert bodies.request(joined) == {"inputs": [{"from": {"id": "1"}, "to": {"id": "2"}}]}


def test_rate_headers() -> None:
    """Headers are read where they are sent and make sense, and are None elsewhere."""
    headers = {
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-max": "190",
        "x-hubspot-ratelimit-remaining": "12",
        "x-hubspot-ratelimit-daily": "625000",
        "x-hubspot-ratelimit-daily-remaining": "nonsense",
    }
    assert bodies.quota(headers) == Quota(10_000, 190, 12, 625_000, None)
    assert bodies.quota({}) == Quota()
