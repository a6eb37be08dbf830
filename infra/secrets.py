"""Secrets that an operator fills: until then random, so that nobody can guess a way in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

_NO_PREVIOUS = json.dumps({"previous": None})


def oauth_app(
    scope: Construct, construct_id: str, *, name: str, holds: str, key: kms.IKey
) -> secretsmanager.Secret:
    """Make the secret of an OAuth app under a fixed name; an operator puts id and secret there."""
    return secretsmanager.Secret(
        scope,
        construct_id,
        secret_name=name,
        description=f'{holds}, as {{"client_id": "...", "client_secret": "..."}}',
        encryption_key=key,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=json.dumps({"client_id": ""}),
            generate_string_key="client_secret",
            exclude_punctuation=True,
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


def filled_by_operator(
    scope: Construct, construct_id: str, *, name: str, field: str, holds: str, key: kms.IKey
) -> secretsmanager.Secret:
    """Make the secret `{"<field>": <random>, "previous": null}` under a fixed name.

    `previous` takes the old value while a new one is rolled out. A later deploy leaves the value
    alone.
    """
    return secretsmanager.Secret(
        scope,
        construct_id,
        secret_name=name,
        description=f'{holds}, as {{"{field}": "...", "previous": null}}',
        encryption_key=key,
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=_NO_PREVIOUS, generate_string_key=field, exclude_punctuation=True
        ),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
