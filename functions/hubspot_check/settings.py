"""The environment of the check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals.

    `hubspot_oauth_tenants` are the tenants whose portal is opened by an OAuth app, between spaces;
    such an app's own secret is named by `hubspot_oauth_secret_prefix` and the tenant.
    """

    access_table: str
    hubspot_secret_prefix: str
    hubspot_base_url: str
    hubspot_api_version: str
    hubspot_oauth_secret_prefix: str
    hubspot_oauth_tenants: str
