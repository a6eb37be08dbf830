"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The table of tenants and principals."""

    access_table: str
