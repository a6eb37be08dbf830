"""Session policies: exactly the scopes' patterns, within STS's length, or refused."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.scopes import PATTERNS, SCOPES, VENDABLE
from core.access.sessionpolicy import MAX_LENGTH, region_of, session_policy
from core.errors import Unprocessable
from core.routes import ROUTES, Door

API = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
ROUTES_SIGNED = [r for r in ROUTES if Door.SIGNED in r.doors]
SETS = st.frozensets(st.sampled_from(sorted(VENDABLE)), min_size=1)


@given(SETS)
def test_a_policy_opens_the_routes_of_its_scopes(scopes: frozenset[str]) -> None:
    """Guarantee: whatever is chosen, the policy opens those scopes' routes and no other one."""
    text = session_policy(scopes, API)
    (statement,) = json.loads(text)["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "execute-api:Invoke")
    for route in ROUTES_SIGNED:
        path = re.sub(r"\{\w+\}", "01m806gq69ytrbhb27yd9exy9b", route.path)
        arn = f"{API}/signed/{route.method}{path}"
        opened = any(fnmatchcase(arn, pattern) for pattern in statement["Resource"])
        assert opened == bool({route.scope, *route.widened_by} & scopes), route.name


@given(SETS)
def test_a_policy_is_the_same_in_any_order(scopes: frozenset[str]) -> None:
    """Guarantee: order and repetition change nothing, and no policy is longer than STS takes."""
    listed = sorted(scopes, reverse=True)
    assert session_policy(listed + listed, API) == session_policy(scopes, API)
    assert len(session_policy(scopes, API)) <= MAX_LENGTH == 2_048


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}:[a-z]{1,8}", fullmatch=True),
        st.lists(st.from_regex(r"\*/(GET|POST)/v1/[a-z]{1,12}\*", fullmatch=True), min_size=1),
        min_size=1,
        max_size=60,
    )
)
def test_what_does_not_fit_is_refused(patterns: dict[str, list[str]]) -> None:
    """Guarantee: of any scopes the whole policy is returned, or nothing: never a shorter one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("core.access.sessionpolicy.PATTERNS", patterns)
        text = None
        with suppress(Unprocessable):
            text = session_policy(patterns, API)
    wanted = [pattern for listed in patterns.values() for pattern in listed]
    resources = [f"arn:aws:execute-api:*:*:a1b2c3d4e5/{pattern}" for pattern in wanted]
    fixed = len(session_policy(["stock:read"], API)) - _length("stock:read")
    assert (text is None) == (fixed + sum(len(r) + 3 for r in resources) - 1 > MAX_LENGTH)
    if text is not None:
        assert sorted(json.loads(text)["Statement"][0]["Resource"]) == sorted(resources)


def _length(scope: str) -> int:
    """Return how many characters a scope's patterns take: each quoted, with commas between."""
    arns = [f"arn:aws:execute-api:*:*:a1b2c3d4e5/{pattern}" for pattern in PATTERNS[scope]]
    return sum(len(arn) + 3 for arn in arns) - 1


def test_more_than_fits_is_refused() -> None:
    """Guarantee: the limit is a limit: 60 scopes of our patterns' length are too many."""
    with pytest.MonkeyPatch.context() as patched:
        many = {f"x{i}:read": (f"*/GET/v1/x{i:02d}/abcdefgh*",) for i in range(60)}
        patched.setattr("core.access.sessionpolicy.PATTERNS", many)
        with pytest.raises(Unprocessable):
            session_policy(many, API)


@pytest.mark.parametrize("scopes", [[], ["nothing:such"], ["stock:read", ""], ["*"]])
def test_nothing_and_the_unknown_are_no_policy(scopes: list[str]) -> None:
    """Guarantee: no scope, or an unknown one, never makes a policy."""
    with pytest.raises(ValueError, match=r"scope|session"):
        session_policy(scopes, API)


@pytest.mark.parametrize("scope", sorted(SCOPES - VENDABLE))
def test_a_scope_without_patterns_is_no_policy(scope: str) -> None:
    """Guarantee: a scope that opens nothing when signed is not quietly left out."""
    assert not PATTERNS[scope]
    with pytest.raises(ValueError, match="no session"):
        session_policy(["stock:read", scope], API)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_policy_names_the_api_of_its_partition(partition: str) -> None:
    """Guarantee: every partition's own ARNs; region and account stand in the role's policy."""
    arn = f"arn:{partition}:execute-api:xx-east-1:123456789012:a1b2c3d4e5"
    text = session_policy(VENDABLE, arn)
    assert region_of(arn) == "xx-east-1"
    for resource in json.loads(text)["Statement"][0]["Resource"]:
        assert resource.startswith(f"arn:{partition}:execute-api:*:*:a1b2c3d4e5/*/")


@pytest.mark.parametrize(
    "arn", ["", "*", f"{API}/*", f"{API}/signed", API.replace("a1b2c3d4e5", "*")]
)
def test_only_one_api_is_named(arn: str) -> None:
    """Guarantee: a setting that names more than one API, or none, makes no policy."""
    with pytest.raises(ValueError, match="not an API"):
        session_policy(["stock:read"], arn)
