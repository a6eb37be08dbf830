"""The token door: keys and tokens, checked by an authorizer, and credentials vended for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway

from core.routes import Door
from infra import rights as allow
from infra.door import DoorApi
from infra.function import PythonFunction
from infra.share import limited, noted, share
from infra.vended import VendedRole, vended_arn

if TYPE_CHECKING:
    from constructs import Construct

    from infra.data import DataStack
    from infra.deployment import Deployment
    from infra.firewall import FirewallStack
    from infra.handlers import HandlersStack
    from infra.signed_door import SignedDoorStack


class TokenDoorStack(cdk.Stack):
    """The REST API for keys and tokens, its authorizer, the vending function, the vended role."""

    def __init__(
        self,
        scope: Construct,
        deployment: Deployment,
        data: DataStack,
        handlers: HandlersStack,
        signed: SignedDoorStack,
        firewall: FirewallStack | None,
        **kwargs: object,
    ) -> None:
        """Make the stack `<name>TokenDoor`."""
        super().__init__(scope, f"{deployment.name}TokenDoor", **kwargs)  # type: ignore[arg-type]
        self._deployment, self._data = deployment, data
        self.door = DoorApi(self, Door.TOKEN, deployment=deployment, firewall=firewall)
        self.authorizer = self._authorizer()
        self.credentials_api = self._credentials_api(signed.door)
        self.functions = (self.authorizer, self.credentials_api)
        role = VendedRole(self, deployment, self.credentials_api.role, signed.door.arn)
        own = {self.credentials_api.folder: self.credentials_api.function}
        self.door.serve(handlers.by_folder | own, self._asked_each_time())
        cdk.CfnOutput(self, "TokenUrl", value=self.door.url)
        cdk.CfnOutput(self, "VendedRoleArn", value=role.role_arn)

    def _authorizer(self) -> PythonFunction:
        """Make the function that decides on every call; what it learns it keeps for itself."""
        data = self._data
        return PythonFunction(
            self,
            "authorizer",
            deployment=self._deployment,
            environment={"ACCESS_TABLE": data.access.table_name},
            rights=[
                allow.on_table(data.access, "GetItem"),
                noted(data.access),
                allow.key_for(data.key, "dynamodb"),
            ],
            timeout_seconds=5,
            memory_mb=1024,
        )

    def _credentials_api(self, signed: DoorApi) -> PythonFunction:
        """Make the one function that may assume the vended role."""
        data, deployment = self._data, self._deployment
        return PythonFunction(
            self,
            "credentials_api",
            deployment=deployment,
            environment={
                "ACCESS_TABLE": data.access.table_name,
                "AUDIT_TABLE": data.audit.table_name,
                "VENDED_ROLE_ARN": vended_arn(deployment),
                "SIGNED_API_ARN": signed.arn,
                "SIGNED_URL": deployment.signed_public_url or signed.url,
                **share(deployment),
                "VENDS_PER_MINUTE": str(deployment.vends_per_minute),
            },
            rights=[
                allow.on_table(data.access, "GetItem"),
                limited(data.access),
                allow.record(data.audit),
                allow.allow([vended_arn(deployment)], "sts:AssumeRole"),
                allow.key_for(data.key, "dynamodb"),
            ],
            timeout_seconds=15,
            memory_mb=1024,
        )

    def _asked_each_time(self) -> apigateway.RequestAuthorizer:
        """Ask the authorizer on every call, whatever headers came.

        The gateway would cache by headers alone, so a policy could outlive a revocation or be the
        wrong one for the next route; and a header that it demands could not be either of two.
        """
        asked = apigateway.RequestAuthorizer(
            self,
            "KeysAndTokens",
            handler=self.authorizer.function,
            identity_sources=[],
            results_cache_ttl=cdk.Duration.seconds(0),
        )
        low_level = cast("apigateway.CfnAuthorizer", asked.node.default_child)
        low_level.identity_source = None  # CDK writes an empty text for no source
        return asked
