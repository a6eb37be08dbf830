"""The three tables as the data stack makes them, for tests that need no stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CORE, ACCESS, AUDIT = "core", "access", "audit"
INDEXES = (
    ("work", "work_queue", "due_at", "N"),
    ("listing", "list_of", "list_by", "S"),
    ("states", "state_of", "state_by", "S"),
)
"""Name, partition, sort key and its type of the core table's indexes; each holds keys only."""


AUDIT_INDEXES = (("resource", "of_resource"), ("principal", "of_principal"))
"""Name and partition of the audit table's; sorted by the table's own sort key."""


def create(dynamodb: DynamoDBClient, prefix: str = "") -> None:
    """Create core (with the sparse work index), access and audit."""
    for name in (CORE, ACCESS, AUDIT):
        definition: dict[str, Any] = {
            "TableName": prefix + name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        }
        if name == CORE:
            definition["GlobalSecondaryIndexes"] = [_index(definition, *i) for i in INDEXES]
        if name == AUDIT:
            definition["GlobalSecondaryIndexes"] = [
                _index(definition, name, of, "sk", "S") for name, of in AUDIT_INDEXES
            ]
        dynamodb.create_table(**definition)


def _index(definition: dict[str, Any], name: str, of: str, by: str, kind: str) -> dict[str, Any]:
    definition["AttributeDefinitions"] += [
        {"AttributeName": attribute, "AttributeType": of_kind}
        for attribute, of_kind in ((of, "S"), (by, kind))
        if attribute != "sk"
    ]
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": of, "KeyType": "HASH"},
            {"AttributeName": by, "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


def everything(dynamodb: DynamoDBClient, name: str) -> list[dict[str, Any]]:
    """Return every item of a table, as DynamoDB writes it."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=name)
    return [item for page in pages for item in page["Items"]]
