"""When each API key was last used, to the hour: at most one write per key, hour and container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from core.access.principal import Kind
from core.contention import Contended
from core.store import keys, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.principal import Proof
    from core.clock import Clock

HOUR_MS = 3_600_000
AGAIN_MS = 60_000
"""After how long a note that failed is tried again."""

_SIZE = 10_000
_OLDER = "ConditionalCheckFailedException"


class StoredUse:
    """Notes the use of keys; that it cannot is nobody's refusal."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str, clock: Clock) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table
        self._clock = clock
        self._due: dict[str, int] = {}

    def note(self, proof: Proof) -> bool:
        """Note that a key was used in this hour; False when that could not be written."""
        now = self._clock.now()
        if proof.kind is not Kind.KEY or now < self._due.get(proof.id, 0):
            return True
        hour = now - now % HOUR_MS
        written = self._write(proof, hour)
        if len(self._due) >= _SIZE:
            self._due.clear()
        self._due[proof.id] = hour + HOUR_MS if written else now + AGAIN_MS
        return written

    def _write(self, proof: Proof, hour: int) -> bool:
        key = keys.used(proof.tenant, proof.id.removeprefix("key/"))
        try:
            with table.translated():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=table.wire_key(key),
                    UpdateExpression="SET #at = :hour",
                    ConditionExpression="attribute_not_exists(pk) OR #at < :hour",
                    ExpressionAttributeNames={"#at": "at"},
                    ExpressionAttributeValues=table.to_wire({":hour": hour}),
                )
        except ClientError as error:
            return error.response["Error"]["Code"] == _OLDER
        except (BotoCoreError, Contended):
            return False
        return True
