"""Audit entries, their sealer and their verifier over the emulator's table and locked bucket."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.audit import Entry
from core.sealing.block import NOTHING_BEFORE
from core.sealing.ports import Head
from core.sealing.sealer import MINUTE_MS, Sealer
from core.store import table
from core.store.audit import put_entry
from core.store.locked import StoredBlocks
from core.store.sealing import StoredSeals
from countersign.auditing.locked import LockedChain
from countersign.auditing.table import AuditTable
from countersign.auditing.verify import Verification
from tests.fakes.clock import FakeClock
from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from core.sealing.sealer import Tally
    from countersign.auditing.finding import Finding
    from countersign.auditing.span import Span
    from tests.support.emulator_dynamodb import Emulated

TENANT = "main"
FAR = 1 << 60
LOOKS = (2, 20, 60)
"""As the real ones, but for the last, which would cost a thousand empty minutes a test."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(slots=True)
class AuditDesk:
    """One deployment's audit, on a clock that a test moves."""

    dynamodb: DynamoDBClient
    s3: S3Client
    table: str
    bucket: str
    clock: FakeClock
    block_entries: int = 4
    written: int = 0

    @classmethod
    def open(cls, emulated: Emulated, clock: FakeClock | None = None) -> AuditDesk:
        """Make a table, and a bucket that locks what is put into it for a day."""
        dynamodb, s3 = emulated.client(), emulated.s3()
        prefix = emulated.fresh_tables("audit")
        bucket = f"audit-{time.time_ns()}"
        s3.create_bucket(
            Bucket=bucket,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        s3.put_object_lock_configuration(
            Bucket=bucket,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        )
        made = cls(dynamodb, s3, prefix + tables.AUDIT, bucket, clock or FakeClock())
        made.begin(TENANT)
        return made

    def begin(self, tenant: str) -> None:
        """Have sealing begin with this minute, and not an hour before."""
        minute = self.clock.now() // MINUTE_MS
        head = Head(tenant, 0, NOTHING_BEFORE, (minute,) * len(LOOKS))
        StoredSeals(self.dynamodb, self.table).advance(None, head)

    def write(self, count: int = 1, *, ago: int = 0, tenant: str = TENANT) -> list[Entry]:
        """Write entries whose clock says that many ms ago."""
        return [self._write(tenant, self.clock.now() - ago) for _ in range(count)]

    def sealer(self) -> Sealer:
        """Return the real one, with small blocks."""
        store = StoredSeals(self.dynamodb, self.table)
        blocks = StoredBlocks(self.s3, self.bucket)
        return Sealer(store, blocks, self.clock, self.block_entries, LOOKS)

    def seal(self, tenant: str = TENANT) -> Tally:
        """Seal what is due now."""
        return self.sealer().seal(tenant, FAR)

    def pass_minutes(self, minutes: int) -> None:
        """Let time pass."""
        self.clock.advance(minutes * MINUTE_MS)

    def verification(self, span: Span | None = None) -> Verification:
        """Return a verification at this clock's time."""
        return Verification(
            AuditTable(self.dynamodb, self.table),
            LockedChain(self.s3, self.bucket),
            span,
            now=lambda: datetime.fromtimestamp(self.clock.now() / 1000, UTC),
        )

    def findings(self, span: Span | None = None) -> list[Finding]:
        """Verify."""
        return list(self.verification(span).findings())

    def items(self, kind: str = "AUDIT") -> list[dict[str, Any]]:
        """Return the items of a kind, as DynamoDB's own JSON has them, in the order of keys."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        found = [item for page in pages for item in page["Items"]]
        of_kind = [item for item in found if item["pk"]["S"].split("#")[1] == kind]
        return sorted(of_kind, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def put(self, item: dict[str, Any]) -> None:
        """Write past every rule, as somebody with rights to the table could."""
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def remove(self, item: dict[str, Any]) -> None:
        """Delete past every rule."""
        key = {"pk": item["pk"], "sk": item["sk"]}
        self.dynamodb.delete_item(TableName=self.table, Key=key)

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """Yield every block's key and bytes."""
        listed = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        for one in listed:
            key = one["Key"]
            yield key, self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def erase(self, key: str) -> None:
        """Remove every version of an object, as only somebody past the lock could."""
        versions = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        for version in versions["Versions"]:
            self.s3.delete_object(
                Bucket=self.bucket,
                Key=key,
                VersionId=version["VersionId"],
                BypassGovernanceRetention=True,
            )

    def _write(self, tenant: str, at: int) -> Entry:
        self.written += 1
        entry = Entry(
            id=entry_id(self.written),
            at=at,
            tenant=tenant,
            principal="role/111122223333/operator",
            door="signed",
            action="order.place",
            resource=f"order/{entry_id(self.written)}",
            correlation_id="test",
            fields={"email": "0f" * 32},
        )
        table.transact(self.dynamodb, [put_entry(self.table, entry)])
        return entry


def entry_id(number: int) -> str:
    """Return the id of that number, so that ids sort as they were made."""
    digits = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    return digits.rjust(26, "0")
