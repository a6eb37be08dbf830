"""The environment of the function for parked records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals."""

    core_table: str
    access_table: str
    audit_table: str
