"""The environment and the times of the reconcile function; `infra` takes its figures from here."""

from __future__ import annotations

from dataclasses import dataclass

RUN_SECONDS = 50
"""No page begins later than this after the function's start; the next minute goes on."""

SENDING_SECONDS = 65
"""No call begins later than this."""

CALL_SECONDS = 20
"""No call lasts longer: 3 s to connect and 15 s to answer, rounded up."""

FUNCTION_SECONDS = 120
"""The function's time-out: the last call ends before, and its page is written down and mended."""

VISIBILITY_SECONDS = FUNCTION_SECONDS + 10
"""The queue's visibility time-out: a tenant's next stretch begins after the one before."""

QUEUE_DELAY_SECONDS = 4
"""As with sync's nudges: longer than the slot in which two of them are one message."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals."""

    core_table: str
    access_table: str
    reconcile_queue_url: str
    inbound_queue_url: str
    hubspot_secret_prefix: str
    hubspot_base_url: str
    hubspot_api_version: str
    field_ownership: str
    reconcile_full_hours: int
    reconcile_changes_minutes: int
