"""Holds the sync back while the month is imported, so that it is drained as one backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3


def set_sync(session: boto3.Session, *, on: bool) -> None:
    """Let the writer's queue wake the writer, or not; what is owed waits in the work index."""
    functions = session.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":sqs:" in mapping["EventSourceArn"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)


def parked_records(session: boto3.Session, table: str) -> int:
    """Count what HubSpot refuses and waits for a person, as the core table remembers it."""
    pages = session.client("dynamodb").get_paginator("scan")
    found = pages.paginate(
        TableName=table,
        FilterExpression="sk = :parked AND #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":parked": {"S": "PARKED"}, ":state": {"S": "parked"}},
        Select="COUNT",
    )
    return sum(page["Count"] for page in found)
