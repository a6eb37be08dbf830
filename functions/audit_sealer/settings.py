"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of the tables, and of the bucket that locks what is put into it."""

    access_table: str
    audit_table: str
    audit_bucket: str
