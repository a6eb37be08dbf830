"""AWS's limits, with every route of the table deployed at every door it is meant for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_

from core.routes import FUNCTIONS, ROUTES, Door
from infra.door import AUTHORIZATION, DoorApi
from tests.infra.synth import PRODUCTION, context, deployment
from tests.infra.templates import Templates

if TYPE_CHECKING:
    from pathlib import Path

RESOURCES_PER_STACK = 500
RESOURCES_PER_API = 300
FUNCTION_POLICY = 20 * 1024
ARN = "arn:aws-us-gov:lambda:us-gov-west-1:000000000000:function:"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Return three doors in one stack each, every route live."""
    folder: Path = tmp_path_factory.mktemp("whole")
    app = cdk.App(context=context(), outdir=str(folder))
    for door in Door:
        stack = cdk.Stack(app, door.title())
        names = {r.function for r in ROUTES}
        functions = {
            name: lambda_.Function.from_function_attributes(
                stack, name, function_arn=f"{ARN}{name}", same_environment=False
            )
            for name in names
        }
        made = DoorApi(stack, door, deployment=deployment(PRODUCTION))
        made.serve(functions, _authorizer(stack, door), [r for r in ROUTES if door in r.doors])
    app.synth()
    return Templates.read(folder)


def _authorizer(stack: cdk.Stack, door: Door) -> apigateway.IAuthorizer | None:
    if door is not Door.TOKEN:
        return None
    handler = lambda_.Function.from_function_attributes(
        stack, "authorizer", function_arn=f"{ARN}authorizer", same_environment=False
    )
    return apigateway.RequestAuthorizer(
        stack,
        "Authorizer",
        handler=handler,
        identity_sources=[],
        results_cache_ttl=cdk.Duration.seconds(0),
    )


def test_every_stack_stays_far_below_500_resources(whole: Templates) -> None:
    """A door with all its routes uses less than half of what CloudFormation takes."""
    for name, template in whole.by_stack.items():
        assert len(template["Resources"]) < RESOURCES_PER_STACK / 2, name
    for door in Door:
        paths = list(whole.every("AWS::ApiGateway::Resource", stack=door.title()))
        assert len(paths) < RESOURCES_PER_API / 2


def test_the_stacks_as_deployed_stay_far_below_500_resources(every_option: Templates) -> None:
    """Doors with their functions, alarms and every option leave room for as much again."""
    for name, template in every_option.by_stack.items():
        assert len(template["Resources"]) < RESOURCES_PER_STACK / 2, name


def test_a_functions_policy_stays_far_below_20_kb(whole: Templates) -> None:
    """All doors together put a few statements into a function's policy, whatever the routes."""
    statements: dict[str, list[dict[str, Any]]] = {}
    for permission in whole.every("AWS::Lambda::Permission"):
        written = whole.written(permission.stack, permission.properties)
        statements.setdefault(written["FunctionName"], []).append(written)
    assert {name.rpartition(":")[2] for name in statements} >= set(FUNCTIONS.values())
    for name, found in statements.items():
        assert len(json.dumps(found)) < FUNCTION_POLICY / 10, name


def test_every_door_has_its_own_kind_of_proof(whole: Templates) -> None:
    """The one construct builds all three: AWS_IAM, CUSTOM and NONE."""
    for door in Door:
        found = {
            m.properties["AuthorizationType"]
            for m in whole.every("AWS::ApiGateway::Method", stack=door.title())
        }
        assert found == {AUTHORIZATION[door]}, door
