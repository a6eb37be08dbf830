"""The last compliance report, in the access table: what a failure's `since` is read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.compliance.report import Failure, Report
from core.store import keys, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class StoredReport:
    """One item, written whole by each look; two looks at once leave one of their reports."""

    def __init__(self, dynamodb: DynamoDBClient, access_table: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._table = access_table

    def last(self) -> Report | None:
        """Return the last report, None before the first."""
        item = table.get(self._dynamodb, self._table, keys.compliance())
        if item is None:
            return None
        failures = tuple(Failure(**failure) for failure in item["failures"])
        return Report(item["at"], item["holding"], failures)

    def put(self, report: Report) -> None:
        """Keep a report instead of the last one."""
        failures = [
            {"rule": f.rule, "name": f.name, "says": f.says, "since": f.since}
            for f in report.failures
        ]
        item = {"at": report.at, "holding": dict(report.holding), "failures": failures}
        with table.translated():
            self._dynamodb.put_item(
                TableName=self._table,
                Item=table.wire_key(keys.compliance()) | table.to_wire(item),
            )
