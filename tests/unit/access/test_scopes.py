"""Scopes as path patterns: exactly their own routes, and small enough for a session policy."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest

from core.access.scopes import MAX_PATTERN_LENGTH, MAX_PATTERNS, PATTERNS, SCOPES, VENDABLE
from core.routes import ROUTES, Door, Route

STS_LIMIT = 2_048
"""Characters of a session policy (STS API reference)."""


def _concrete(route: Route) -> str:
    path = re.sub(r"\{\w+\}", "01m806gq69ytrbhb27yd9exy9b", route.path)
    return f"{route.doors[0]}/{route.method}{path}"


def _opens(pattern: str, route: Route) -> bool:
    """Match as IAM does: `*` crosses `/`; neither uses brackets."""
    return fnmatchcase(_concrete(route), pattern)


SIGNED = [r for r in ROUTES if Door.SIGNED in r.doors]


@pytest.mark.parametrize("scope", sorted(PATTERNS))
def test_a_scope_opens_exactly_its_routes(scope: str) -> None:
    """Guarantee: a scope's patterns match every route of that scope and no other one."""
    opened = {r.name for r in SIGNED if any(_opens(p, r) for p in PATTERNS[scope])}
    assert opened == {r.name for r in SIGNED if scope in {r.scope, *r.widened_by}}


@pytest.mark.parametrize("scope", sorted(VENDABLE))
def test_every_pattern_is_needed_and_short(scope: str) -> None:
    """Guarantee: at most two patterns of at most 24 characters, each of which opens a route."""
    patterns = PATTERNS[scope]
    assert 1 <= len(patterns) <= MAX_PATTERNS == 2
    for pattern in patterns:
        assert len(pattern) <= MAX_PATTERN_LENGTH == 24
        assert any(_opens(pattern, r) for r in SIGNED)


def test_every_route_of_the_signed_door_has_a_scope_that_is_compiled() -> None:
    """Guarantee: no signed route is without scope, and no scope without a route or patterns."""
    assert {s for r in SIGNED for s in (r.scope, *r.widened_by)} == VENDABLE
    named = {s for r in ROUTES for s in (r.scope, r.own, *r.widened_by) if s}
    assert named == SCOPES == set(PATTERNS)


def test_no_session_can_hold_what_is_a_users_own() -> None:
    """Guarantee: a scope for one's own data has no pattern, so that it is refused, not widened."""
    own = {r.own for r in ROUTES if r.own}
    assert own == {s for s in SCOPES if s.endswith(":own")}
    assert not own & VENDABLE
    assert own.isdisjoint({r.scope for r in ROUTES})


@pytest.mark.parametrize("value", ["POST", "v1", "orders", "products", "*", "?", "[a-z]", "signed"])
@pytest.mark.parametrize("each", SIGNED, ids=[r.name for r in SIGNED])
def test_patterns_cannot_be_widened_by_a_parameter(each: Route, value: str) -> None:
    """Guarantee: whatever a SKU, an id or a location is called, only its route's scope opens it."""
    path = re.sub(r"\{\w+\}", lambda _: value, each.path)
    call = f"signed/{each.method}{path}"
    opening = {s for s, ps in PATTERNS.items() if any(fnmatchcase(call, p) for p in ps)}
    assert opening == {each.scope, *each.widened_by}


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_all_scopes_together_fit_a_session_policy(partition: str) -> None:
    """Guarantee: every scope at once stays within STS's 2,048 characters."""
    api = "a1b2c3d4e5"
    patterns = [p for ps in PATTERNS.values() for p in ps]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "execute-api:Invoke",
                "Resource": [f"arn:{partition}:execute-api:*:*:{api}/{p}" for p in patterns],
            }
        ],
    }
    assert len(json.dumps(policy, separators=(",", ":"))) <= STS_LIMIT
