"""What a deployer does to the HubSpot portal: prepare it for Countersign's records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from countersign.errors import CountersignError

if TYPE_CHECKING:
    import boto3

LAMBDA_LIMIT = 900
"""Seconds: no function runs longer, so no answer is worth waiting for any longer."""


class ProvisionError(CountersignError):
    """The portal could not be prepared; the message is the function's own."""


def provision(session: boto3.Session, function: str, tenant: str) -> dict[str, Any]:
    """Make the tenant's portal ready and return the function's report; may be run again.

    Needs `lambda:InvokeFunction` on the function: a deployer's right, which no caller of the doors
    has. Raises ProvisionError, with every problem, when sync could not run yet.
    """
    client = session.client("lambda", config=Config(read_timeout=LAMBDA_LIMIT))
    answer = client.invoke(FunctionName=function, Payload=json.dumps({"tenant": tenant}).encode())
    report: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise ProvisionError(f"{function}: {report.get('errorMessage')}")
    if not report["ok"]:
        raise ProvisionError("\n".join(report["problems"]))
    return report
