"""The environment of the compliance report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Its variables have the fields' names in capitals.

    `stacks` are the names of the deployment's stacks, between spaces; `fixed_secrets` the ARNs of
    secrets that must never change.
    """

    access_table: str
    stacks: str
    fixed_secrets: str
