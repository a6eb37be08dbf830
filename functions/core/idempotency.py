"""What is kept of a call under its Idempotency-Key, in every context."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Unprocessable


@dataclass(frozen=True, slots=True)
class Ticket:
    """A call's Idempotency-Key: `digest` of tenant, principal, route and key; hash of the body."""

    digest: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a call under its Idempotency-Key: never a body.

    While `done` is False the call holds it until `lease_until` (epoch ms).
    """

    body_hash: str
    resource_id: str
    done: bool
    lease_until: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """An Idempotency-Key put to use: the record under `ticket` will name `resource_id`."""

    ticket: Ticket
    resource_id: str


def refuse_other_body(record: Record | None, ticket: Ticket) -> None:
    """Raise `Unprocessable` when the call's Idempotency-Key was used with another body."""
    if record is not None and record.body_hash != ticket.body_hash:
        raise Unprocessable(
            "idempotency_key_reused", "This Idempotency-Key was used with another body."
        )
