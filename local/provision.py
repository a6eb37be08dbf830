"""What a deployer does after the first deploy: secrets, portal, a first product and API key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from core.routes import route
from countersign import Client, Target
from countersign.administration import Administration
from countersign.hubspot import provision
from local.hubspot import send_webhooks
from local.outputs import output

if TYPE_CHECKING:
    import boto3

    from local.cdk import StackOutputs
    from local.hubspot import Portal
    from local.outputs import Outputs

SKU = "MUG-1"


def store_secrets(session: boto3.Session, stacks: StackOutputs, portal: Portal) -> None:
    """Put the portal's token and client secret where the functions read them."""
    client = session.client("secretsmanager")
    client.put_secret_value(
        SecretId=output(stacks, "HubspotSecretName"),
        SecretString=json.dumps({"token": portal.token, "previous": None}),
    )
    client.put_secret_value(
        SecretId=stacks["WebhookSecretName"],
        SecretString=json.dumps({"current": portal.client_secret, "previous": None}),
    )


def prepare_portal(session: boto3.Session, outputs: Outputs) -> None:
    """Make the custom properties and unique keys in the twin, as `countersign hubspot` does."""
    provision(session, outputs.hubspot_provision_function, outputs.tenant)


def hear_changes(portal: Portal, outputs: Outputs) -> None:
    """Let the portal's webhooks go to the HubSpot door."""
    door = f"{outputs.hubspot_url}{route('receive_webhooks').path}"
    send_webhooks(portal, door, Path(outputs.aws_ca_bundle))


def make_first_key(session: boto3.Session, outputs: Outputs, file: Path) -> None:
    """Make the tenant's first API key, as `countersign keys bootstrap` does, into `file`."""
    made = Administration(session, outputs.access_admin_function).bootstrap(outputs.tenant)
    file.unlink(missing_ok=True)  # of a run that was killed
    file.touch(mode=0o600)
    file.write_text(f"{made['key']}\n", encoding="utf-8")


def put_first_product(target: Target) -> None:
    """Put one product with stock through the signed door, for the call that is printed."""
    stock = [{"location": "main", "quantity": 100}]
    product = {"name": "Mug", "price": 255, "currency": "GBP", "opening_stock": stock}
    with Client(target) as client:
        client.put_product(SKU, product)
