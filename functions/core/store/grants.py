"""What is due of the OAuth grants, who works on it, and pending links, in the access table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.crm.oauth import Pending
from core.store import keys, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock

_KEPT_MS = 24 * 60 * 60_000
"""A link that nobody followed is removed some time after this."""


class StoredGrants:
    """`core.crm.granting.GrantStore` over DynamoDB.

    `lease_ms` must be longer than any run: a lease that ends is a run that died.
    """

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        access_table: str,
        clock: Clock,
        token: Callable[[], str],
        lease_ms: int,
    ) -> None:
        """Keep the parts; `token` makes unguessable text."""
        self._dynamodb = dynamodb
        self._table = access_table
        self._clock = clock
        self._token = token
        self._lease_ms = lease_ms

    def due_at(self, tenant: str) -> int | None:
        """Return when the token is to be renewed (epoch ms), None while there is no grant."""
        item = table.get(self._dynamodb, self._table, keys.oauth_grant(tenant)) or {}
        found: int | None = item.get("due_at")
        return found

    def lease(self, tenant: str, *, due_by: int | None) -> str | None:
        """Take the tenant's lease and return its id; None when another run holds it."""
        now, lease = self._clock.now(), self._token()
        values = {":lease": lease, ":until": now + self._lease_ms, ":now": now}
        update = "SET #lease = :lease, lease_until = :until"
        free = "(attribute_not_exists(lease_until) OR lease_until <= :now)"
        if due_by is None:
            update += ", due_at = :now"
        else:
            free += " AND due_at <= :due_by"
            values[":due_by"] = due_by
        return lease if self._update(tenant, update, free, values) else None

    def end(self, tenant: str, lease: str, due_at: int | None) -> None:
        """Give the lease back and note when the token is next due; nothing if it was lost."""
        values: dict[str, Any] = {":lease": lease}
        if due_at is None:
            update = "REMOVE #lease, lease_until, due_at"
        else:
            update = "SET due_at = :due_at REMOVE #lease, lease_until"
            values[":due_at"] = due_at
        self._update(tenant, update, "#lease = :lease", values)

    def put_pending(self, tenant: str, pending: Pending) -> None:
        """Keep a link; an older one of the tenant is void."""
        key = keys.oauth_pending(tenant)
        item = {
            "pk": key.pk,
            "sk": key.sk,
            "state_digest": pending.state_digest,
            "verifier": pending.verifier,
            "redirect_uri": pending.redirect_uri,
            "until": pending.until,
            "expires_at": (pending.until + _KEPT_MS) // 1000,
        }
        with table.translated():
            self._dynamodb.put_item(TableName=self._table, Item=table.to_wire(item))

    def pending(self, tenant: str) -> Pending | None:
        """Return the tenant's link."""
        item = table.get(self._dynamodb, self._table, keys.oauth_pending(tenant))
        if item is None:
            return None
        return Pending(
            item["state_digest"], item["verifier"], item["redirect_uri"], int(item["until"])
        )

    def take_pending(self, tenant: str, pending: Pending) -> bool:
        """Remove the link; False when someone else was first."""
        try:
            with table.translated():
                self._dynamodb.delete_item(
                    TableName=self._table,
                    Key=table.wire_key(keys.oauth_pending(tenant)),
                    ConditionExpression="state_digest = :digest",
                    ExpressionAttributeValues=table.to_wire({":digest": pending.state_digest}),
                )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _update(self, tenant: str, update: str, condition: str, values: dict[str, Any]) -> bool:
        try:
            with table.translated():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=table.wire_key(keys.oauth_grant(tenant)),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#lease": "lease"},
                    ExpressionAttributeValues=table.to_wire(values),
                )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True
