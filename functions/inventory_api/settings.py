"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Names of the tables, lingers of sync (seconds), the key of the cursors, and a caller's share.

    `principal_rate` is in calls a second, `principal_burst` in calls. `hubspot_public_url` is the
    hubspot door's URL as HubSpot calls it, with the stage; `{api}` stands for the gateway's id.
    `cors_origins` has the origins of pages that may call, with spaces between them.
    """

    core_table: str
    access_table: str
    audit_table: str
    order_linger_seconds: int
    stock_linger_seconds: int
    vended_role_name: str
    guard_secret_arn: str
    principal_rate: int
    principal_burst: int
    webhook_secret_arn: str
    hubspot_public_url: str
    cors_origins: str
