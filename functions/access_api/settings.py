"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of the tables, the vended role, the secret that seals cursors, and a caller's share.

    `principal_rate` is in calls a second, `principal_burst` in calls.
    """

    access_table: str
    audit_table: str
    vended_role_name: str
    guard_secret_arn: str
    principal_rate: int
    principal_burst: int
