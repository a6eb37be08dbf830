"""What an operator's AWS credentials can see of a refused call: policies and logs, read only.

Needs `apigateway:GET`, `lambda:GetFunctionConfiguration`, `logs:FilterLogEvents`,
`iam:SimulatePrincipalPolicy` and `sts:GetCallerIdentity`; what is not allowed is named, not hidden.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    import boto3
    from botocore.credentials import ReadOnlyCredentials

T = TypeVar("T")

_FUNCTION = re.compile(r":function:(?P<name>[\w-]+)(?::[\w$-]+)?/invocations")
_PAGE = 500
_BEFORE, _AFTER = timedelta(minutes=5), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What could be read. `unread` says what could not, and why."""

    policy: Mapping[str, Any] | None = None
    lines: tuple[Mapping[str, Any], ...] = ()
    decision: str = ""
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Operator:
    """Reads evidence with one AWS session."""

    session: boto3.Session
    _unread: list[str] = field(default_factory=list)

    def evidence(
        self, api: str, request_id: str, at: datetime, caller: str = "", method_arn: str = ""
    ) -> Evidence:
        """Return what is known of a call; `caller` is the ARN of the role that signed, if one."""
        return Evidence(
            policy=self._read("the API's resource policy", lambda: self.resource_policy(api)),
            lines=tuple(
                self._read("the logs", lambda: list(self.log_lines(api, request_id, at))) or ()
            ),
            decision=(
                self._read("the role's policies", lambda: self.decision(caller, method_arn)) or ""
                if caller and method_arn
                else ""
            ),
            unread=tuple(self._unread),
        )

    def resource_policy(self, api: str) -> dict[str, Any]:
        """Return the API's resource policy, `{}` when it has none."""
        text = self.session.client("apigateway").get_rest_api(restApiId=api).get("policy") or "{}"
        try:
            found: dict[str, Any] = json.loads(text)
        except json.JSONDecodeError:  # AWS answers with every quote escaped
            found = json.loads(text.replace('\\"', '"').replace("\\/", "/"))
        return found

    def log_lines(self, api: str, request_id: str, at: datetime) -> Iterator[dict[str, Any]]:
        """Yield the structured lines that the API's functions wrote about a request."""
        logs = self.session.client("logs")
        for group in self._log_groups(api):
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group,
                filterPattern=f'"{request_id}"',
                startTime=int((at - _BEFORE).timestamp() * 1000),
                endTime=int((at + _AFTER).timestamp() * 1000),
            )
            for event in (event for page in pages for event in page["events"]):
                line = _line(event["message"])
                if line is not None:
                    yield line

    def decision(self, role_arn: str, method_arn: str) -> str:
        """Return what IAM decides from the role's own policies, `allowed` or a denial's name."""
        found = self.session.client("iam").simulate_principal_policy(
            PolicySourceArn=role_arn,
            ActionNames=["execute-api:Invoke"],
            ResourceArns=[method_arn],
        )
        return str(found["EvaluationResults"][0]["EvalDecision"])

    def _log_groups(self, api: str) -> Iterator[str]:
        client = self.session.client("lambda")
        for name in sorted(self._functions(api)):
            found = client.get_function_configuration(FunctionName=name)
            yield found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"

    def _functions(self, api: str) -> set[str]:
        """Return the functions behind an API: those of its methods, and its authorizers."""
        gateway = self.session.client("apigateway")
        pages = gateway.get_paginator("get_resources").paginate(
            restApiId=api, embed=["methods"], PaginationConfig={"PageSize": _PAGE}
        )
        uris = [
            method.get("methodIntegration", {}).get("uri", "")
            for page in pages
            for resource in page["items"]
            for method in resource.get("resourceMethods", {}).values()
        ]
        items = gateway.get_authorizers(restApiId=api).get("items", [])
        uris += [one.get("authorizerUri", "") for one in items]
        return {found["name"] for uri in uris if (found := _FUNCTION.search(uri))}

    def _read(self, what: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except ClientError as error:
            self._unread.append(f"{what}: {error.response['Error'].get('Code')}")
            return None


def role_of(session: boto3.Session, credentials: ReadOnlyCredentials) -> str:
    """Return the ARN of the role whose session these credentials are, else the caller's own ARN."""
    client = session.client(
        "sts",
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )
    return role_arn(client.get_caller_identity()["Arn"])


def role_arn(arn: str) -> str:
    """Return the role of an assumed-role session's ARN (without its path, which STS drops)."""
    found = re.fullmatch(r"arn:(aws[\w-]*):sts::(\d+):assumed-role/([^/]+)/.+", arn)
    return f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}" if found else arn


def _line(message: str) -> dict[str, Any] | None:
    try:
        found = json.loads(message)
    except json.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
