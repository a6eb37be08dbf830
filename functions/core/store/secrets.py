"""Secrets Manager: read when a function starts, or remembered for a short while."""

from __future__ import annotations

import boto3
from botocore.config import Config


def read_secret(arn: str) -> str:
    """Return a secret's current text; a call that ends within 5 s.

    The stage is named, since moto answers an old version without it.
    """
    config = Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
    )
    manager = boto3.client("secretsmanager", config=config)
    return manager.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"]
