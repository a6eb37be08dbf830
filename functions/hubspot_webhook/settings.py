"""The environment of the webhook function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals.

    `public_url` is the hubspot door's URL as HubSpot calls it, with the stage: the signature is
    over it.
    """

    webhook_secret_arn: str
    public_url: str
    access_table: str
    inbound_queue_url: str
