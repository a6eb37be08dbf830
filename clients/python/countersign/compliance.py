"""The compliance report: what the account's real settings keep, what not, and since when.

Needs `lambda:InvokeFunction` on the function (the stack's output ComplianceFunction): an operator's
right, which no caller of the doors has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.aws import invoke
from countersign.errors import FunctionError

if TYPE_CHECKING:
    import boto3


def report(session: boto3.Session, function: str, *, last: bool = False) -> dict[str, Any]:
    """Look now and return the report, or return the `last` one; raises FunctionError without one.

    `failures` have `rule`, `resource`, `should` and `since` (epoch ms); `ok` says there are none.
    """
    found = invoke(session, function, {"action": "last" if last else "look"})
    if "problem" in found:
        raise FunctionError(str(found["problem"]))
    return found
