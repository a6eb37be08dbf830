"""A function that tries what it is told to, under another function's role.

It is deployed beside the real ones, so that a role's rights show where they are used: in Lambda,
with the credentials that Lambda gives.
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.system import System

_ATTEMPT = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    client = boto3.client(event["service"])
    try:
        getattr(client, event["operation"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""

_BORROW = """
import boto3

def handler(event, context):
    given = boto3.client("sts").assume_role(**event)["Credentials"]
    return [given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of an AWS service, by boto3's names."""

    service: str
    operation: str
    arguments: dict[str, Any]


@contextmanager
def probe(system: System, function: str) -> Iterator[Any]:
    """Have a probe under the role of the function whose name has this in it; yields its use."""
    with _deployed(system, function, _ATTEMPT) as invoke:

        def attempt(one: Attempt) -> str:
            event = {
                "service": one.service,
                "operation": one.operation,
                "arguments": one.arguments,
            }
            return str(invoke(event))

        yield attempt


def borrowed(system: System, function: str, role_arn: str, name: str) -> Credentials:
    """Have a function's role assume another, with no session policy, and return the credentials."""
    with _deployed(system, function, _BORROW) as invoke:
        return Credentials(*invoke({"RoleArn": role_arn, "RoleSessionName": name}))


@contextmanager
def _deployed(system: System, function: str, code: str) -> Iterator[Callable[[Any], Any]]:
    """Deploy code under a function's role, for a time; yields how it is invoked."""
    client = system.endpoint.session().client("lambda")
    name = f"probe-{uuid.uuid4().hex[:8]}"
    pages = client.get_paginator("list_functions").paginate()
    role = next(
        f["Role"] for page in pages for f in page["Functions"] if function in f["FunctionName"]
    )
    client.create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.11",
        Handler="index.handler",
        Timeout=30,
        Code={"ZipFile": zipped(code)},
    )

    def invoke(event: Any) -> Any:
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read())

    yield invoke
    client.delete_function(FunctionName=name)


def zipped(code: str) -> bytes:
    """Return a bundle whose `index.py` is this code."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("index.py", code)
    return whole.getvalue()
