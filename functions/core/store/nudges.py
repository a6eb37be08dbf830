"""The FIFO queue that wakes a tenant's writer: one message group per tenant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

    from core.clock import Clock

SLOT_MS = 2_000
"""Nudges of one tenant in the same slot are one message.

The queue's delay of four seconds is longer: a message cannot have been received before its slot is
over. A constant id would make every further nudge vanish for five minutes.
"""

BATCH = 10


def client() -> SQSClient:
    """Return a client whose calls end."""
    config = Config(
        connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}
    )
    return boto3.client("sqs", config=config)


def deduplication_id(tenant: str, now: int) -> str:
    """Return the id that makes one message of a tenant's nudges within a slot."""
    return f"{tenant}-{now // SLOT_MS}"


def send(sqs: SQSClient, queue_url: str, tenants: Iterable[str], clock: Clock) -> None:
    """Nudge each tenant once, ten a call; `Unavailable` names those whose nudge was not taken."""
    wanted = sorted(set(tenants))
    lost: list[str] = []
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": json.dumps({"tenant": tenant}),
                "MessageGroupId": tenant,
                "MessageDeduplicationId": deduplication_id(tenant, clock.now()),
            }
            for number, tenant in enumerate(some)
        ]
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        lost += [some[int(failed["Id"])] for failed in answer.get("Failed", [])]
    if lost:
        raise Unavailable("nudge_lost", "Try later.", internal=f"not nudged: {', '.join(lost)}")
