"""The hubspot door: HubSpot's own calls, proven by its signature over the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from core.routes import Door
from infra import rights as allow
from infra.door import DoorApi
from infra.function import PythonFunction
from infra.secrets import filled_by_operator

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.inbound import InboundStack


class HubspotDoorStack(cdk.Stack):
    """The REST API for HubSpot, its webhook function, and the app's client secret."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        inbound: InboundStack,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>HubspotDoor`."""
        super().__init__(scope, f"{deployment.name}HubspotDoor", **kwargs)  # type: ignore[arg-type]
        name = f"{deployment.name}/hubspot-webhook"
        self.secret = filled_by_operator(
            self,
            "WebhookSecret",
            name=name,
            field="current",
            holds="The client secret of the HubSpot app",
            key=data.key,
        )
        self.door = DoorApi(self, Door.HUBSPOT, deployment=deployment)
        self.function = PythonFunction(
            self,
            "hubspot_webhook",
            deployment=deployment,
            environment={
                "WEBHOOK_SECRET_ARN": allow.arn_of(self.secret),
                "PUBLIC_URL": deployment.hubspot_public_url or self.door.url,
                "ACCESS_TABLE": data.access.table_name,
                "INBOUND_QUEUE_URL": inbound.queue.queue_url,
            },
            rights=[
                allow.read_secrets(self.secret),
                allow.on_items(data.access, ["TENANTS"], "Query"),
                allow.send(inbound.queue),
                *(allow.key_for(data.key, s) for s in ("dynamodb", "secretsmanager", "sqs")),
            ],
            timeout_seconds=10,
        )
        self.door.serve({self.function.folder: self.function.function})
        cdk.CfnOutput(self, "HubspotUrl", value=self.door.url)
        cdk.CfnOutput(self, "WebhookSecretName", value=name)
