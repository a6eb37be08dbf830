"""Where a call goes and as whom: from `.local/outputs.json`, or from a deployment's own figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countersign.aws import assumed_role, aws_session
from countersign.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    import boto3
    from botocore.credentials import Credentials

LOCAL_KEY = "test"
"""The emulator's root key; it may assume the caller role, as a deployer may on AWS."""


@dataclass(frozen=True, slots=True)
class Target:
    """One deployment, seen by one caller.

    `url` is the signed door's and `token_url` the token door's, both without `/v1` and empty where
    they are not needed. `role_arn`, when given, is assumed and signs the calls; otherwise the
    caller's own AWS credentials sign. Those that begin with `aws_` lead to a local run and stay
    empty for AWS.
    """

    url: str
    region: str
    role_arn: str | None = None
    tenant: str | None = None
    profile: str | None = None
    aws_endpoint_url: str | None = None
    aws_ca_bundle: str | None = None
    aws_key: str | None = None
    token_url: str = ""

    @classmethod
    def from_outputs(cls, file: Path) -> Target:
        """Read the local run's outputs; raise SettingsError when there is no run to read."""
        found = read_outputs(file)
        return cls(
            url=found["signed_url"],
            region=found["region"],
            role_arn=found["caller_role_arn"],
            aws_endpoint_url=found["aws_endpoint_url"],
            aws_ca_bundle=found["aws_ca_bundle"],
            aws_key=LOCAL_KEY,
            token_url=found.get("token_url") or "",
        )

    def session(self) -> boto3.Session:
        """Return an AWS session with the caller's own (or the emulator's) credentials."""
        return aws_session(
            self.region,
            profile=self.profile,
            endpoint_url=self.aws_endpoint_url,
            ca_bundle=self.aws_ca_bundle,
            key=self.aws_key,
        )

    def assumed(self) -> boto3.Session:
        """Return an AWS session with `credentials`, those of the role if one is named."""
        return aws_session(
            self.region,
            endpoint_url=self.aws_endpoint_url,
            ca_bundle=self.aws_ca_bundle,
            credentials=self.credentials(),
        )

    def credentials(self) -> Credentials:
        """Return what signs the calls; raise SettingsError when there are no credentials."""
        session = self.session()
        own = session.get_credentials()
        if own is None:
            raise SettingsError("No AWS credentials found: name --profile, or set AWS_PROFILE")
        return own if self.role_arn is None else assumed_role(session, own, self.role_arn)


def read_outputs(file: Path) -> dict[str, Any]:
    """Return what a local run wrote; raise SettingsError when there is no run to read."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{file} is not there: start `make run`, or name --url") from None
    return found
