"""AWS sessions and credentials that sign calls, for a person's account or the local run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    Credentials,
    DeferredRefreshableCredentials,
)

from countersign.errors import FunctionError

if TYPE_CHECKING:
    from collections.abc import Mapping

SESSION_NAME = "countersign-client"

LAMBDA_LIMIT = 900
"""Seconds: no function runs longer, so no answer is worth waiting for any longer."""


def aws_session(
    region: str,
    *,
    profile: str | None = None,
    endpoint_url: str | None = None,
    ca_bundle: str | None = None,
    key: str | None = None,
    credentials: Credentials | None = None,
) -> boto3.Session:
    """Return a session whose every client uses these settings before the environment's.

    `endpoint_url`, `ca_bundle` and `key` (both halves of the emulator's root key) lead to a local
    run; without them the person's own profile and credentials count, unless `credentials` are
    given.
    """
    core = botocore.session.Session(profile=profile)
    if endpoint_url is not None:
        store = core.get_component("config_store")
        store.set_config_variable("endpoint_url", endpoint_url)
    if ca_bundle is not None:
        core.set_config_variable("ca_bundle", ca_bundle)
    if credentials is not None:
        resolver = core.get_component("credential_provider")
        resolver.insert_before(resolver.providers[0].METHOD, _Given(credentials))
    return boto3.Session(
        aws_access_key_id=key,
        aws_secret_access_key=key,
        region_name=region,
        botocore_session=core,
    )


class _Given(CredentialProvider):
    """Credentials from elsewhere, ahead of all places in which botocore looks for some."""

    METHOD = "given"

    def __init__(self, credentials: Credentials) -> None:
        """Keep them."""
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        """Return them."""
        return self._credentials


def assumed_role(session: boto3.Session, own: Credentials, role_arn: str) -> Credentials:
    """Return the role's credentials, fetched at first use and renewed before they expire."""
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=session.client,
        source_credentials=own,
        role_arn=role_arn,
        extra_args={"RoleSessionName": SESSION_NAME},
    )
    return DeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )


def invoke(session: boto3.Session, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Invoke a function, wait for its answer and return it; FunctionError when it failed.

    Never repeated by itself: whether a call without an answer took effect is not known.
    """
    config = Config(read_timeout=LAMBDA_LIMIT, retries={"total_max_attempts": 1})
    client = session.client("lambda", config=config)
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    report: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise FunctionError(f"{function}: {report.get('errorMessage')}")
    return report
