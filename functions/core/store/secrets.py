"""Secrets Manager: read when a function starts, or remembered for a short while."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT = "AWSCURRENT"


def read_secret(arn: str) -> str:
    """Return a secret's current text; a call that ends within 5 s, or `Unavailable`.

    The stage is named, since moto answers an old version without it.
    """
    with _told(arn):
        return _manager().get_secret_value(SecretId=arn, VersionStage=CURRENT)["SecretString"]


def write_secret(name: str, text: str) -> None:
    """Give a secret a new current value; a call that ends within 5 s, or `Unavailable`."""
    with _told(name):
        _manager().put_secret_value(SecretId=name, SecretString=text)


def current_since(name: str) -> int:
    """Return when a secret got its current value, in epoch ms; ends within 5 s, or `Unavailable`.

    The date of the version counts: that of the secret moves with its tags and description, too.
    """
    with _told(name):
        versions = _manager().list_secret_version_ids(SecretId=name)["Versions"]
    (current,) = (v for v in versions if CURRENT in v["VersionStages"])
    return int(current["CreatedDate"].timestamp() * 1000)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what AWS raises into `Unavailable`, which names the secret and shows nothing of it."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code") or type(error).__name__
        raise Unavailable(
            "secret_unavailable", "Try later.", internal=f"the secret {name}: {code}"
        ) from error


def _manager() -> SecretsManagerClient:
    config = Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
    )
    return boto3.client("secretsmanager", config=config)
