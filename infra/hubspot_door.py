"""The hubspot door: HubSpot's webhooks and `hubspot.fetch`, proven by its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from core.routes import Door
from infra import rights as allow
from infra.door import DoorApi
from infra.function import PythonFunction

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.firewall import FirewallStack
    from infra.handlers import HandlersStack
    from infra.inbound import InboundStack


class HubspotDoorStack(cdk.Stack):
    """The REST API for HubSpot: its webhooks, and what users of a portal read."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        handlers: HandlersStack,
        inbound: InboundStack,
        firewall: FirewallStack | None,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>HubspotDoor`."""
        super().__init__(scope, f"{deployment.name}HubspotDoor", **kwargs)  # type: ignore[arg-type]
        self.door = DoorApi(self, Door.HUBSPOT, deployment=deployment, firewall=firewall)
        self.function = PythonFunction(
            self,
            "hubspot_webhook",
            deployment=deployment,
            environment={
                "WEBHOOK_SECRET_ARN": allow.arn_of(data.webhook_secret),
                "PUBLIC_URL": deployment.hubspot_public_url or self.door.url,
                "ACCESS_TABLE": data.access.table_name,
                "INBOUND_QUEUE_URL": inbound.queue.queue_url,
            },
            rights=[
                allow.read_secrets(data.webhook_secret),
                allow.on_items(data.access, ["TENANTS"], "Query"),
                allow.send(inbound.queue),
                *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
            ],
            timeout_seconds=10,
        )
        self.door.serve(handlers.by_folder | {self.function.folder: self.function.function})
        cdk.CfnOutput(self, "HubspotUrl", value=self.door.url)
        cdk.CfnOutput(self, "WebhookSecretName", value=data.webhook_secret_name)
