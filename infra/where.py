"""The one switch between AWS and the local emulator: a parameter of the template, not of the build.

Production and the local run deploy the same templates; what the emulator lacks carries the
condition. A stack declares parameter and condition only when something in it uses them.
`infra/emulator.py` lists what differs.
"""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk

PARAMETER = "Where"
CONDITION = "OnAws"


def on_aws(stack: cdk.Stack) -> cdk.CfnCondition:
    """Return the stack's condition that is true unless it is deployed with `Where=emulator`."""
    found = stack.node.try_find_child(CONDITION)
    if found is not None:
        return cast("cdk.CfnCondition", found)
    where = cdk.CfnParameter(
        stack,
        PARAMETER,
        allowed_values=["aws", "emulator"],
        default="aws",
        description="emulator leaves out what the local emulator lacks",
    )
    is_aws = cdk.Fn.condition_equals(where.value_as_string, "aws")
    return cdk.CfnCondition(stack, CONDITION, expression=is_aws)
