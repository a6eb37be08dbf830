"""Queues: encrypted with the deployment's key, TLS only, and none without an end for failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

_LONGEST = cdk.Duration.days(14)


class QueuePair(NamedTuple):
    """A queue and where its poisoned messages end."""

    queue: sqs.Queue
    dead_letters: sqs.Queue


def fifo_pair(
    scope: Construct,
    name: str,
    key: kms.IKey,
    *,
    visibility: cdk.Duration,
    delay: cdk.Duration,
    attempts: int,
) -> QueuePair:
    """Make a FIFO queue whose sender names the deduplication id, and its dead letters."""
    dead = sqs.Queue(
        scope,
        f"{name}DeadLetters",
        fifo=True,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=_LONGEST,
        redrive_allow_policy=None,
    )
    queue = sqs.Queue(
        scope,
        name,
        fifo=True,
        content_based_deduplication=False,
        encryption_master_key=key,
        enforce_ssl=True,
        visibility_timeout=visibility,
        delivery_delay=delay,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=attempts),
    )
    return QueuePair(queue, dead)


def standard_pair(
    scope: Construct, name: str, key: kms.IKey, *, visibility: cdk.Duration, attempts: int
) -> QueuePair:
    """Make a queue that keeps no order, and its dead letters."""
    dead = sqs.Queue(
        scope,
        f"{name}DeadLetters",
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=_LONGEST,
    )
    queue = sqs.Queue(
        scope,
        name,
        encryption_master_key=key,
        enforce_ssl=True,
        visibility_timeout=visibility,
        retention_period=_LONGEST,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=attempts),
    )
    return QueuePair(queue, dead)


def failures(scope: Construct, key: kms.IKey) -> sqs.Queue:
    """Make the queue in which failed asynchronous calls and skipped stream records end."""
    return sqs.Queue(
        scope,
        "Failures",
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=_LONGEST,
    )
