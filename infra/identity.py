"""An Amazon Cognito user pool whose app clients get tokens by their own credentials.

Made only when the setting `cognito` names some. The pool has no people in it: nobody can
sign up or sign in, and each client has the one flow `client_credentials` (RFC 6749, 4.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito

from core.access.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from infra.deployment import CognitoClient, Deployment

RESOURCE_SERVER = "countersign"
"""Cognito puts it and a slash before each scope."""

TOKEN_MINUTES = 15


class IdentityStack(cdk.Stack):
    """User pool, token endpoint, our scopes, and an app client for each entry of the setting."""

    def __init__(self, scope: Construct, deployment: Deployment, **kwargs: object) -> None:
        """Make the stack `<name>Identity`."""
        super().__init__(scope, f"{deployment.name}Identity", **kwargs)  # type: ignore[arg-type]
        self._deployment = deployment
        self._pool = self._user_pool()
        domain = self._pool.add_domain(
            "TokenEndpoint",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=f"{deployment.name.lower()}-{cdk.Aws.ACCOUNT_ID}"
            ),
        )
        self._scopes = [
            cognito.ResourceServerScope(scope_name=name, scope_description=f"Countersign: {name}")
            for name in sorted(SCOPES)
        ]
        self._server = self._pool.add_resource_server(
            "Scopes", identifier=RESOURCE_SERVER, scopes=self._scopes
        )
        self._clients = {c.name: self._client(c) for c in deployment.cognito}
        cdk.CfnOutput(self, "TokenEndpointUrl", value=f"{domain.base_url()}/oauth2/token")

    @property
    def issuer(self) -> dict[str, Any]:
        """The pool as an issuer, its ids filled in by CloudFormation."""
        entries = self._deployment.cognito
        ids = {name: client.user_pool_client_id for name, client in self._clients.items()}
        return issuer_of(
            f"https://cognito-idp.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}/{self._pool.user_pool_id}",
            scopes={scope for entry in entries for scope in entry.scopes},
            clients=[
                {"id": ids[e.name], "tenant": e.tenant, "vends": list(e.vends)} for e in entries
            ],
        )

    def _user_pool(self) -> cognito.UserPool:
        """Make the pool; rules for people stand there for whoever should add one by hand."""
        return cognito.UserPool(
            self,
            "Clients",
            user_pool_name=f"{self._deployment.name}-clients",
            self_sign_up_enabled=False,
            account_recovery=cognito.AccountRecovery.NONE,
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=32,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def _client(self, entry: CognitoClient) -> cognito.UserPoolClient:
        allowed = [s for s in self._scopes if s.scope_name in entry.scopes]
        client = cognito.UserPoolClient(
            self,
            f"Client-{entry.name}",
            user_pool=self._pool,
            user_pool_client_name=f"{self._deployment.name}-{entry.name}",
            generate_secret=True,
            auth_flows=cognito.AuthFlow(),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[cognito.OAuthScope.resource_server(self._server, s) for s in allowed],
            ),
            supported_identity_providers=[],
            access_token_validity=cdk.Duration.minutes(TOKEN_MINUTES),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        # Without a list Cognito allows sign-in by password proof; there is nobody to sign in.
        cast("cdk.CfnResource", client.node.default_child).add_property_override(
            "ExplicitAuthFlows", ["ALLOW_REFRESH_TOKEN_AUTH"]
        )
        cdk.CfnOutput(
            self, f"Client{entry.name.title().replace('-', '')}Id", value=client.user_pool_client_id
        )
        return client


def issuer_of(
    pool_url: str, *, scopes: Iterable[str], clients: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return a user pool as an issuer, as `core.access.issuer.parse_issuer` reads it.

    Cognito's access tokens carry no `aud` and no `typ`; `token_use` tells them from ID tokens.
    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    """
    return {
        "id": pool_url,
        "jwks_url": f"{pool_url}/.well-known/jwks.json",
        "algorithms": ["RS256"],
        "audience_claim": "client_id",
        "audiences": [client["id"] for client in clients],
        "required": {"token_use": "access"},
        "token_types": [""],
        "scope_prefix": f"{RESOURCE_SERVER}/",
        "scopes": sorted(scopes),
        "tenants": sorted({client["tenant"] for client in clients}),
        "max_lifetime_seconds": TOKEN_MINUTES * 60,
        "clients": clients,
    }
