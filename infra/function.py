"""One Lambda function as this project runs it: own role, own log group, own bundle, own rights."""

from __future__ import annotations

import importlib
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from core.settings import variables
from infra import rights as allow
from infra.bundling import bundle
from infra.logs import log_group
from infra.wheels import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.deployment import Deployment

_ARCHITECTURES = {
    "aarch64": lambda_.Architecture.ARM_64,
    "x86_64": lambda_.Architecture.X86_64,
}


class EnvironmentMismatch(ValueError):
    """A function is given other variables than its settings read."""


class PythonFunction(Construct):
    """The function in `functions/<folder>`, with exactly the rights that are handed in.

    The role is closed after it is made: CDK's grants elsewhere cannot widen it, so what stands
    beside the construct is the whole truth. `environment` must name what the folder's settings
    read, neither more nor less.
    """

    def __init__(
        self,
        scope: Construct,
        folder: str,
        *,
        deployment: Deployment,
        environment: Mapping[str, str],
        rights: Iterable[iam.PolicyStatement],
        timeout_seconds: int,
        memory_mb: int = 512,
    ) -> None:
        """Make role, log group and function; raises `EnvironmentMismatch`."""
        super().__init__(scope, _camel(folder))
        _check_environment(folder, environment)
        self.folder = folder
        self.log_group = log_group(self, "Logs", deployment.log_retention_days)
        self.role = self._role([*self._own_rights(), *rights])
        self.function = lambda_.Function(
            self,
            "Function",
            handler="core.entry.handler",  # it loads `<folder>.handler` and masks what that raises
            runtime=lambda_.Runtime(deployment.runtime, lambda_.RuntimeFamily.PYTHON),
            architecture=_ARCHITECTURES[deployment.platform],
            code=_code(folder, deployment),
            role=self.role.without_policy_updates(),
            environment={
                **environment,
                "POWERTOOLS_SERVICE_NAME": folder,
                "POWERTOOLS_LOG_LEVEL": deployment.log_level,
            },
            timeout=cdk.Duration.seconds(timeout_seconds),
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            reserved_concurrent_executions=deployment.reserved_concurrency.get(folder),
        )

    def _own_rights(self) -> list[iam.PolicyStatement]:
        """Return what every function needs: its own log group, and traces (X-Ray has no ARNs)."""
        own_logs = self.log_group.log_group_arn
        return [
            allow.allow([own_logs], "logs:CreateLogStream", "logs:PutLogEvents"),
            allow.allow(["*"], "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        ]

    def _role(self, statements: list[iam.PolicyStatement]) -> iam.Role:
        return iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"Rights": iam.PolicyDocument(statements=statements)},
        )


def _check_environment(folder: str, environment: Mapping[str, str]) -> None:
    declared = set(variables(settings_of(folder)))
    missing, unknown = declared - set(environment), set(environment) - declared
    if missing or unknown:
        raise EnvironmentMismatch(
            f"{folder}: not given {sorted(missing)}, not in its settings {sorted(unknown)}"
        )


def settings_of(folder: str) -> type[Any]:
    """Return the settings dataclass that a function's `settings.py` defines."""
    module = importlib.import_module(f"{folder}.settings")
    own = [v for v in vars(module).values() if is_dataclass(v) and v.__module__ == module.__name__]
    (found,) = own
    if not isinstance(found, type):
        raise TypeError(f"{folder}.settings defines no dataclass")
    return found


def _code(folder: str, deployment: Deployment) -> lambda_.Code:
    target = Target(int(deployment.runtime.removeprefix("python3.")), deployment.platform)
    built = bundle(folder, target, deployment.bytecode_python)
    return lambda_.Code.from_asset(
        str(built.path), asset_hash=built.digest, asset_hash_type=cdk.AssetHashType.CUSTOM
    )


def _camel(folder: str) -> str:
    return "".join(word.title() for word in folder.split("_"))
