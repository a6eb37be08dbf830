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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.system import System

_CODE = """
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


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of an AWS service, by boto3's names."""

    service: str
    operation: str
    arguments: dict[str, Any]


@contextmanager
def probe(system: System, function: str) -> Iterator[Any]:
    """Have a probe under the role of the function whose name begins so; yields how to use it."""
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
        Code={"ZipFile": zipped(_CODE)},
    )

    def attempt(one: Attempt) -> str:
        event = {
            "service": one.service,
            "operation": one.operation,
            "arguments": one.arguments,
        }
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return str(json.loads(answer["Payload"].read()))

    yield attempt
    client.delete_function(FunctionName=name)


def zipped(code: str) -> bytes:
    """Return a bundle whose `index.py` is this code."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("index.py", code)
    return whole.getvalue()
