"""AWS STS: sessions of the one role that we vend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.access.sessionpolicy import too_many_scopes
from core.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

_TOO_LARGE = "PackedPolicyTooLarge"
"""STS packs policy and tags, and may find them too large below 2,048 characters."""


@dataclass(frozen=True, slots=True)
class TemporaryCredentials:
    """What signs for a session; `expires_at` is in epoch ms."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires_at: int


def sts_client() -> STSClient:
    """Return a client of the region's own endpoint, whose calls end: 1 s to connect, 3 to answer.

    One retry: asking twice makes two sessions of which one is forgotten, and both end.
    """
    config = Config(
        connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
    )
    return boto3.client("sts", config=config)


class StsSessions:
    """Assumes the vended role."""

    def __init__(self, sts: STSClient, role_arn: str) -> None:
        """Keep the parts."""
        self._sts = sts
        self._role_arn = role_arn

    def assume(self, name: str, policy: str, seconds: int) -> TemporaryCredentials:
        """Return credentials of a session of that name, cut down by the policy.

        `Unprocessable` when STS cannot hold the policy, `Unavailable` for everything else.
        """
        try:
            answer = self._sts.assume_role(
                RoleArn=self._role_arn,
                RoleSessionName=name,
                Policy=policy,
                DurationSeconds=seconds,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code.startswith(_TOO_LARGE):
                raise too_many_scopes(code) from error
            raise _unavailable(code) from error
        except BotoCoreError as error:
            raise _unavailable(type(error).__name__) from error
        given = answer["Credentials"]
        return TemporaryCredentials(
            given["AccessKeyId"],
            given["SecretAccessKey"],
            given["SessionToken"],
            round(given["Expiration"].timestamp() * 1000),
        )


def _unavailable(internal: str) -> Unavailable:
    return Unavailable(
        "credentials_unavailable",
        "Credentials cannot be had now. Try again.",
        internal=f"AssumeRole: {internal}",
        retry_after=1,
    )
