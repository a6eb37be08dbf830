"""The words of the route table: doors, contexts, kinds of assurance, and the headers of ours."""

from __future__ import annotations

from enum import StrEnum


class Door(StrEnum):
    """A way in. Each is a REST API of its own, whose one stage carries the door's name."""

    SIGNED = "signed"
    TOKEN = "token"  # noqa: S105 - the name of a door, not a secret
    HUBSPOT = "hubspot"


class Context(StrEnum):
    """The bounded context that answers a route."""

    INVENTORY = "inventory"
    ORDERS = "orders"
    CUSTOMERS = "customers"
    ACCESS = "access"
    CREDENTIALS = "credentials"
    HUBSPOT = "hubspot"


class Assurance(StrEnum):
    """How many proofs of who is calling a route asks for."""

    SINGLE = "single"
    LAYERED = "layered"


TENANT_HEADER = "Countersign-Tenant"
IDEMPOTENCY_HEADER = "Idempotency-Key"
API_KEY_HEADER = "X-API-Key"
