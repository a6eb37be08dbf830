"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of the tables, and how long sync waits for company (seconds)."""

    core_table: str
    access_table: str
    audit_table: str
    order_linger_seconds: int
    stock_linger_seconds: int
