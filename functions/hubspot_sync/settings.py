"""The environment and the times of the sync function; `infra` takes its figures from here."""

from __future__ import annotations

from dataclasses import dataclass

RUN_SECONDS = 50
"""No turn begins later than this after the function's start."""

SENDING_SECONDS = 65
"""No call begins later than this."""

CALL_SECONDS = 20
"""No call lasts longer: 3 s to connect and 15 s to answer, rounded up."""

FUNCTION_SECONDS = 90
"""The function's time-out: the last call ends before, and what came of it is written down."""

VISIBILITY_SECONDS = FUNCTION_SECONDS + CALL_SECONDS
"""The queue's visibility time-out: a successor never meets its predecessor's calls."""

QUEUE_DELAY_SECONDS = 4
"""A nudge may outrun the work index."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals; `field_ownership` is the deployer's."""

    core_table: str
    access_table: str
    sync_queue_url: str
    hubspot_secret_prefix: str
    hubspot_base_url: str
    hubspot_api_version: str
    order_linger_seconds: int
    stock_linger_seconds: int
    field_ownership: str
