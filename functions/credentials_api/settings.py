"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The tables, the role whose sessions are vended, the signed door, and a caller's share.

    `signed_api_arn` is `arn:<partition>:execute-api:<region>:<account>:<api>` of the signed door,
    `signed_url` its public URL with the stage. `principal_rate` is in calls a second.
    """

    access_table: str
    audit_table: str
    vended_role_arn: str
    signed_api_arn: str
    signed_url: str
    principal_rate: int
    principal_burst: int
    vends_per_minute: int
