"""Roles of the emulator's account, and credentials for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.credentials import Credentials

if TYPE_CHECKING:
    from local.system import System


def assumed(system: System, role_arn: str, name: str = "e2e") -> Credentials:
    """Assume a role with the emulator's root key and return its temporary credentials."""
    sts = system.endpoint.session().client("sts")
    found = sts.assume_role(RoleArn=role_arn, RoleSessionName=name)["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
