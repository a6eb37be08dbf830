"""Settings that MiniStack's CloudFormation leaves out, set by API calls after the deploy.

They are read from the synthesized templates, so nothing is listed twice: what a template does not
say is not set here either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

TABLE_TYPES = ("AWS::DynamoDB::Table",)
BUCKET = "AWS::S3::Bucket"
VALIDATOR = "AWS::ApiGateway::RequestValidator"
METHOD = "AWS::ApiGateway::Method"

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """One deployed stack: its template, and the physical id behind each logical one."""

    template: Template
    physical: Mapping[str, str]

    def resources(self, *types: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield logical id and properties of the resources of these types that were deployed."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"] in types and name in self.physical:
                yield name, resource.get("Properties", {})


def apply(session: boto3.Session, templates: Mapping[str, Template]) -> None:
    """Set what the templates say of tables, locked buckets and request validators."""
    for name, template in templates.items():
        stack = Stack(template, _physical_ids(session, name))
        _set_table_options(session, stack)
        _set_object_locks(session, stack)
        _set_request_validators(session, stack)


def _physical_ids(session: boto3.Session, stack: str) -> dict[str, str]:
    found = session.client("cloudformation").describe_stack_resources(StackName=stack)
    return {
        r["LogicalResourceId"]: r["PhysicalResourceId"]
        for r in found["StackResources"]
        if "PhysicalResourceId" in r
    }


def _set_table_options(session: boto3.Session, stack: Stack) -> None:
    client = session.client("dynamodb")
    for name, properties in stack.resources(*TABLE_TYPES):
        table = stack.physical[name]
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        if recovery.get("PointInTimeRecoveryEnabled"):
            client.update_continuous_backups(
                TableName=table,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
        expiry = properties.get("TimeToLiveSpecification", {})
        if expiry.get("Enabled"):
            attribute = str(expiry["AttributeName"])
            client.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute},
            )


def _set_object_locks(session: boto3.Session, stack: Stack) -> None:
    client = session.client("s3")
    for name, properties in stack.resources(BUCKET):
        if lock := properties.get("ObjectLockConfiguration"):
            client.put_object_lock_configuration(
                Bucket=stack.physical[name], ObjectLockConfiguration=lock
            )


def _set_request_validators(session: boto3.Session, stack: Stack) -> None:
    client = session.client("apigateway")
    made: dict[str, str] = {}
    for name, properties in stack.resources(VALIDATOR):
        made[name] = client.create_request_validator(
            restApiId=stack.physical[properties["RestApiId"]["Ref"]],
            name=name,
            validateRequestParameters=bool(properties.get("ValidateRequestParameters")),
            validateRequestBody=bool(properties.get("ValidateRequestBody")),
        )["id"]
    for _, properties in stack.resources(METHOD):
        validator = made.get(properties.get("RequestValidatorId", {}).get("Ref"))
        if validator is not None:
            client.update_method(
                restApiId=stack.physical[properties["RestApiId"]["Ref"]],
                resourceId=stack.physical[properties["ResourceId"]["Ref"]],
                httpMethod=properties["HttpMethod"],
                patchOperations=[
                    {"op": "replace", "path": "/requestValidatorId", "value": validator}
                ],
            )
