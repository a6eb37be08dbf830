"""What a deployer does to the HubSpot portal: prepare it for our records, and check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.aws import invoke
from countersign.errors import FunctionError

if TYPE_CHECKING:
    import boto3


class ProvisionError(FunctionError):
    """The portal could not be prepared; the message is the function's own."""


def provision(session: boto3.Session, function: str, tenant: str) -> dict[str, Any]:
    """Make the tenant's portal ready and return the function's report; may be run again.

    Needs `lambda:InvokeFunction` on the function: a deployer's right, which no caller of the doors
    has. Raises ProvisionError, with every problem, when sync could not run yet.
    """
    report = invoke(session, function, {"tenant": tenant})
    if not report["ok"]:
        raise ProvisionError("\n".join(report["problems"]))
    return report


class CheckError(FunctionError):
    """The portal could not be looked at; the message is the function's own."""


def check(session: boto3.Session, function: str, tenant: str) -> dict[str, Any]:
    """Look at the tenant's portal and return the report; nothing is changed.

    `findings` are what is wrong, each with `code`, `what`, `why` and `todo`; `ok` says that there
    are none. Raises CheckError when nothing could be found out.
    """
    report = invoke(session, function, {"tenant": tenant})
    if "problem" in report:
        raise CheckError(str(report["problem"]))
    return report
