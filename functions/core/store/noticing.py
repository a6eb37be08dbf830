"""The queue of notices: what HubSpot's records are to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

    from core.crm.notices import Notice

BATCH = 10
"""Messages of one SendMessageBatch (SQS's limit)."""

LONGEST_DELAY = 900
"""Seconds; SQS's limit."""


def send(sqs: SQSClient, queue_url: str, notices: Sequence[Notice], delay: int = 0) -> None:
    """Queue each notice as a message of its own; `Unavailable` unless all were taken.

    A message of its own lets a bad one fail alone. Some may be queued when this raises: a repeat
    queues them twice, which does no harm.
    """
    seconds = min(max(delay, 0), LONGEST_DELAY)
    for start in range(0, len(notices), BATCH):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": notice.body(), "DelaySeconds": seconds}
            for number, notice in enumerate(notices[start : start + BATCH])
        ]
        try:
            answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise _lost(repr(error)) from error
        if answer.get("Failed"):
            raise _lost(", ".join(sorted({f["Code"] for f in answer["Failed"]})))


def _lost(why: str) -> Unavailable:
    return Unavailable("notices_lost", "Try later.", internal=f"notices not queued: {why}")
