"""The least that a handler can be: it makes the store's calls that its event names."""

import json
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make each call in turn; answer with what the last one gave."""
    answer: dict[str, Any] = {}
    for operation, request in json.loads(event["body"]):
        answer = getattr(dynamodb, operation)(**request)
    return {"statusCode": 200, "body": json.dumps(answer.get("Items"))}
