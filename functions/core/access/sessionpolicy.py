"""From scopes to the policy of a session: it cuts the vended role down to those scopes' routes.

IAM lets a session do what both its role and its policy allow. So a policy that were too long, and
were left out or made shorter with a star, would widen: what does not fit is refused.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from core.access.scopes import PATTERNS
from core.errors import Unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LENGTH = 2_048
"""Characters of a session policy (STS API reference, AssumeRole)."""

_API = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):execute-api:(?P<region>[a-z0-9-]+):\d{12}:(?P<api>[a-z0-9-]+)"
)


def session_policy(scopes: Iterable[str], api_arn: str) -> str:
    """Return the policy as STS takes it.

    `api_arn` is `arn:<partition>:execute-api:<region>:<account>:<api>`. Region and account are left
    to the role's own policy, which names them. `Unprocessable` when the policy would be too long;
    ValueError without a scope, or with one that opens nothing at the signed door.
    """
    resources = [_resource(api_arn, pattern) for s in sorted(set(scopes)) for pattern in _opened(s)]
    if not resources:
        raise ValueError("a session without a scope")
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resources}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    text = json.dumps(document, separators=(",", ":"))
    if len(text) > MAX_LENGTH:
        raise too_many_scopes(f"a policy of {len(text)} characters")
    return text


def region_of(api_arn: str) -> str:
    """Return the region of an API; ValueError when this is no API's ARN."""
    return _parts(api_arn)["region"]


def too_many_scopes(internal: str) -> Unprocessable:
    """Return the refusal of what a session policy cannot hold."""
    return Unprocessable(
        "too_many_scopes", "One session cannot hold so many scopes.", internal=internal
    )


def _opened(scope: str) -> tuple[str, ...]:
    patterns = PATTERNS.get(scope, ())
    if not patterns:
        raise ValueError(f"no session can hold {scope!r}")
    return patterns


def _resource(api_arn: str, pattern: str) -> str:
    parts = _parts(api_arn)
    return f"arn:{parts['partition']}:execute-api:*:*:{parts['api']}/{pattern}"


def _parts(api_arn: str) -> re.Match[str]:
    found = _API.fullmatch(api_arn)
    if found is None:
        raise ValueError(f"not an API's ARN: {api_arn}")
    return found
