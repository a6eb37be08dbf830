"""The environment and the times of the inbound function; `infra` takes its figures from here."""

from __future__ import annotations

from dataclasses import dataclass

SENDING_SECONDS = 30
"""No call to HubSpot begins later than this after the function's start; none lasts above 20 s."""

FUNCTION_SECONDS = 60

VISIBILITY_SECONDS = 3 * FUNCTION_SECONDS
"""How long a notice is hidden while it is settled, and until one that failed is tried again."""

BATCH = 100
"""Notices of one run: what one batch read of a type can ask for."""

GATHER_SECONDS = 1
"""How long a run waits for more notices, so that its reads are full."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals; `field_ownership` is the deployer's."""

    core_table: str
    access_table: str
    audit_table: str
    inbound_queue_url: str
    guard_secret_arn: str
    hubspot_secret_prefix: str
    hubspot_base_url: str
    hubspot_api_version: str
    order_linger_seconds: int
    stock_linger_seconds: int
    field_ownership: str
