"""Comparing both sides: an operator begins a run, or asks how the last ones went.

Needs `lambda:InvokeFunction` on the function (the stack's output HubspotReconcileFunction): an
operator's right, which no caller of the doors has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.aws import invoke
from countersign.errors import FunctionError

if TYPE_CHECKING:
    import boto3


def start(
    session: boto3.Session, function: str, tenant: str, *, full: bool = False
) -> dict[str, Any]:
    """Begin a run and return at once: a full one, or one of what changed in HubSpot since the last.

    FunctionError when one is in hand that looks at as much.
    """
    return _told(session, function, {"tenant": tenant, "action": "start", "full": full})


def status(session: boto3.Session, function: str, tenant: str) -> dict[str, Any]:
    """Return the run that was begun last (`current`), and the last finished `full`, `changes`."""
    return _told(session, function, {"tenant": tenant, "action": "status"})


def _told(session: boto3.Session, function: str, event: dict[str, Any]) -> dict[str, Any]:
    report = invoke(session, function, event)
    if not report["ok"]:
        raise FunctionError("\n".join(report["problems"]))
    runs: dict[str, Any] = report["runs"]
    return runs
