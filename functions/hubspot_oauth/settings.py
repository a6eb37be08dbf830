"""The environment and the times of the OAuth function; `infra` takes its figures from here."""

from __future__ import annotations

from dataclasses import dataclass

FUNCTION_SECONDS = 50
"""The function's time-out."""

LEASE_SECONDS = FUNCTION_SECONDS + 10
"""How long a run may hold a tenant's grant: a lease that ends is a run that died."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals.

    `hubspot_oauth_tenants` are tenants' ids between spaces. Each has an app's own secret, named by
    `hubspot_oauth_secret_prefix` and the tenant, beside the secret with its access token.
    """

    access_table: str
    hubspot_secret_prefix: str
    hubspot_base_url: str
    hubspot_api_version: str
    hubspot_app_url: str
    hubspot_oauth_secret_prefix: str
    hubspot_oauth_tenants: str
