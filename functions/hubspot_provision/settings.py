"""The environment of the provisioning function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals."""

    access_table: str
    hubspot_secret_prefix: str
    hubspot_base_url: str
    hubspot_api_version: str
