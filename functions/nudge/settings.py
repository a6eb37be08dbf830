"""The environment of the nudge function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals."""

    access_table: str
    sync_queue_url: str
