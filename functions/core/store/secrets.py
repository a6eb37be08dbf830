"""Secrets Manager: read when a function starts, or remembered for a short while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT = "AWSCURRENT"


def read_secret(arn: str) -> str:
    """Return a secret's current text; a call that ends within 5 s.

    The stage is named, since moto answers an old version without it.
    """
    return _manager().get_secret_value(SecretId=arn, VersionStage=CURRENT)["SecretString"]


def current_since(name: str) -> int:
    """Return when a secret got its current value, in epoch ms; a call that ends within 5 s.

    The date of the version counts: that of the secret moves with its tags and description, too.
    """
    versions = _manager().list_secret_version_ids(SecretId=name)["Versions"]
    (current,) = (v for v in versions if CURRENT in v["VersionStages"])
    return int(current["CreatedDate"].timestamp() * 1000)


def _manager() -> SecretsManagerClient:
    config = Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
    )
    return boto3.client("secretsmanager", config=config)
