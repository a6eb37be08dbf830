"""Where a command calls: the options that all of them share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from countersign.errors import SettingsError
from countersign.target import Target, read_outputs

OUTPUTS = Path(".local/outputs.json")

RoleArn = Annotated[
    str | None, typer.Option(help="signed: the registered role to assume before signing")
]


@dataclass(frozen=True, slots=True)
class Place:
    """The deployment: a local run by its outputs, one on AWS by its figures."""

    outputs: Annotated[Path, typer.Option(help="of `make run`")] = OUTPUTS
    url: Annotated[
        str | None, typer.Option(help="the signed door's URL (the stack's output SignedUrl)")
    ] = None
    token_url: Annotated[
        str | None, typer.Option(help="the token door's URL (the stack's output TokenUrl)")
    ] = None
    region: Annotated[str | None, typer.Option(help="that the deployment is in")] = None
    profile: Annotated[str | None, typer.Option(help="an AWS profile")] = None
    tenant: Annotated[
        str | None, typer.Option(help="needed when the caller serves several tenants")
    ] = None

    @property
    def is_local(self) -> bool:
        """Whether nothing of a deployment on AWS was named, so that a local run is meant."""
        return self.region is None and self.url is None and self.token_url is None

    def target(self, role_arn: str | None = None) -> Target:
        """Return where to call, and as which role; raise SettingsError for what is missing."""
        if self.is_local:
            found = Target.from_outputs(self.outputs)
            return replace(found, role_arn=role_arn or found.role_arn, tenant=self.tenant)
        if self.region is None and self.url is not None:
            raise SettingsError("--url needs --region")
        return Target(
            url=(self.url or "").rstrip("/"),
            region=self.region or "",
            role_arn=role_arn,
            tenant=self.tenant,
            profile=self.profile,
            token_url=(self.token_url or "").rstrip("/"),
        )

    def function(self, named: str | None, output: str) -> tuple[str, str]:
        """Return a function to invoke and the tenant: as named, else as the run's outputs say."""
        tenant = self.tenant
        if named is None:
            named, tenant = self.output(output), tenant or self.output("tenant")
        if tenant is None:
            raise SettingsError("--function needs --tenant")
        return named, tenant

    def output(self, name: str) -> str:
        """Return one of the local run's outputs; raise SettingsError when it has none."""
        if not self.is_local:
            raise SettingsError("name --function: a deployment on AWS has no local outputs")
        found = read_outputs(self.outputs).get(name)
        if not found:
            raise SettingsError(f"{self.outputs} has no {name}: name --function")
        return str(found)
