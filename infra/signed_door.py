"""The signed door: SigV4, and the roles that the deployment makes for its callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from core.routes import Door
from infra.callers import CallerRole
from infra.door import DoorApi
from infra.outputs import numbered
from infra.signed_policy import resource_policy

if TYPE_CHECKING:
    from constructs import Construct

    from infra.deployment import Deployment
    from infra.firewall import FirewallStack
    from infra.handlers import HandlersStack


class SignedDoorStack(cdk.Stack):
    """The REST API for calls signed by a registered role."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        handlers: HandlersStack,
        firewall: FirewallStack | None,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>SignedDoor`."""
        super().__init__(scope, f"{deployment.name}SignedDoor", **kwargs)  # type: ignore[arg-type]
        self.door = DoorApi(
            self,
            Door.SIGNED,
            deployment=deployment,
            policy=resource_policy(deployment),
            firewall=firewall,
        )
        self.door.serve(handlers.by_folder)
        cdk.CfnOutput(self, "SignedUrl", value=self.door.url)
        made = [caller for caller in deployment.callers if caller.create]
        for number, caller in enumerate(made):
            role = CallerRole(self, deployment, caller, self.door.arn)
            cdk.CfnOutput(self, numbered("CallerRoleArn", number), value=role.role_arn)
