"""Blocks in a bucket with Object Lock: `core.sealing.ports.LockedBlocks` over S3.

A block is written under the condition that nothing stands at its height (`If-None-Match: *`), so
two writers cannot fork the chain; the bucket's default retention keeps it from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from core.contention import Contended
from core.sealing.block import parse

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from core.sealing.block import Block

_TAKEN = "PreconditionFailed"
_PASSING = frozenset(
    {"ConditionalRequestConflict", "SlowDown", "InternalError", "ServiceUnavailable", "503"}
)


class StoredBlocks:
    """One object for each block: `blocks/<tenant>/<height, 12 digits>.json`."""

    def __init__(self, s3: S3Client, bucket: str) -> None:
        """Keep the parts."""
        self._s3 = s3
        self._bucket = bucket

    def put(self, block: Block) -> bool:
        """Write a block unless there is one at its height; return whether it was written."""
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=place(block.tenant, block.height),
                Body=block.document(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == _TAKEN:
                return False
            raise _translated(error) from error
        except (BotoConnectionError, HTTPClientError) as error:
            raise Contended from error
        return True

    def get(self, tenant: str, height: int) -> Block:
        """Return the block at a height; `MalformedBlock` for what is none."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=place(tenant, height))
            return parse(found["Body"].read())
        except ClientError as error:
            raise _translated(error) from error
        except (BotoConnectionError, HTTPClientError) as error:
            raise Contended from error


def place(tenant: str, height: int) -> str:
    """Return a block's key in the bucket; keys sort as the chain goes."""
    return f"blocks/{tenant}/{height:012d}.json"


def client() -> S3Client:
    """Return a client whose calls end: 1 s to connect, 5 s to answer, one retry by botocore."""
    config = Config(
        connect_timeout=1,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    return boto3.client("s3", config=config)


def _translated(error: ClientError) -> Exception:
    return Contended() if error.response["Error"]["Code"] in _PASSING else error
