"""Each door as deployed: its methods, who may pass, what it logs, and what it says by itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from core.routes import FUNCTIONS, ROUTES, Context, Door, live_at
from core.web.problems import SAFETY_HEADERS
from infra.problems import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.routes import Route
    from tests.infra.templates import Resource, Templates

STACKS = {door: f"Countersign{door.title()}Door" for door in Door}
TYPES = {Door.SIGNED: "AWS_IAM", Door.TOKEN: "CUSTOM", Door.HUBSPOT: "NONE"}

doors = pytest.mark.parametrize("door", list(STACKS))


def methods(templates: Templates, door: Door) -> Iterator[tuple[str, str, Resource]]:
    """Yield HTTP method, full path and resource of each method of a door."""
    stack = STACKS[door]
    resources = {r.logical_id: r for r in templates.every("AWS::ApiGateway::Resource", stack=stack)}

    def path(reference: dict[str, Any]) -> str:
        if "Fn::GetAtt" in reference:
            return ""
        here = resources[reference["Ref"]].properties
        return f"{path(here['ParentId'])}/{here['PathPart']}"

    for method in templates.every("AWS::ApiGateway::Method", stack=stack):
        yield method.properties["HttpMethod"], path(method.properties["ResourceId"]), method


@doors
def test_methods_are_the_live_routes_and_nothing_else(production: Templates, door: Door) -> None:
    """What is in the table is there, and nothing else: no proxies, no OPTIONS."""
    found = sorted((method, path) for method, path, _ in methods(production, door))
    assert found == sorted((r.method, r.path) for r in live_at(door))


@doors
def test_every_method_asks_for_the_doors_own_proof(production: Templates, door: Door) -> None:
    """No method of a door is open by accident, or behind another door's kind of check."""
    for _, path, method in methods(production, door):
        assert method.properties["AuthorizationType"] == TYPES[door], path
        assert method.properties.get("ApiKeyRequired", False) is False, path


@doors
def test_every_method_leads_to_its_contexts_function(production: Templates, door: Door) -> None:
    """The function behind a method is the one that the route table names."""
    by_call = {(r.method, r.path): r for r in ROUTES}
    for verb, path, method in methods(production, door):
        route = by_call[verb, path]
        uri = production.written(STACKS[door], method.properties["Integration"]["Uri"])
        folder = FUNCTIONS[Context(route.context)]
        assert f"/{''.join(w.title() for w in folder.split('_'))}/Function" in uri, path
        assert method.properties["Integration"]["Type"] == "AWS_PROXY"


@doors
def test_parameters_are_required_as_the_table_says(production: Templates, door: Door) -> None:
    """Path parameters and the Idempotency-Key are checked before a function is paid for."""
    by_call = {(r.method, r.path): r for r in ROUTES}
    for verb, path, method in methods(production, door):
        declared = method.properties.get("RequestParameters", {})
        assert declared == expected(by_call[verb, path]), path
        assert "RequestValidatorId" in method.properties, path
    (validator,) = production.every("AWS::ApiGateway::RequestValidator", stack=STACKS[door])
    assert validator.properties["ValidateRequestParameters"] is True


def expected(route: Route) -> dict[str, bool]:
    """Return the parameters that a route's method must declare."""
    found = {f"method.request.path.{p}": True for p in re.findall(r"\{(\w+)}", route.path)}
    found |= {f"method.request.querystring.{q}": False for q in route.query}
    if route.method == "POST" and route.scope and not (route.shows_once or route.only_reads):
        found["method.request.header.Idempotency-Key"] = True
    return found


@doors
def test_the_stage_is_named_logged_traced_and_throttled(production: Templates, door: Door) -> None:
    """The stage's name tells the handler the door; a flood meets a limit; calls are on record."""
    (stage,) = production.every("AWS::ApiGateway::Stage", stack=STACKS[door])
    properties = stage.properties
    assert properties["StageName"] == door
    assert properties["TracingEnabled"] is True
    assert {"DestinationArn", "Format"} <= set(properties["AccessLogSetting"])
    logged = json.loads(properties["AccessLogSetting"]["Format"])
    assert {"requestId", "status", "sourceIp", "userArn", "error"} <= set(logged)
    (settings,) = properties["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert settings["ThrottlingRateLimit"] == 100
    assert settings["ThrottlingBurstLimit"] == 200
    assert settings["LoggingLevel"] == "ERROR"
    assert settings["DataTraceEnabled"] is False


@doors
def test_execution_logs_have_their_group_beforehand(production: Templates, door: Door) -> None:
    """API Gateway would make its execution log group itself, and keep it for ever."""
    stack = STACKS[door]
    (stage,) = production.every("AWS::ApiGateway::Stage", stack=stack)
    named = [
        g
        for g in production.every("AWS::Logs::LogGroup", stack=stack)
        if "API-Gateway-Execution-Logs_" in json.dumps(g.properties.get("LogGroupName"))
    ]
    (group,) = named
    assert group.logical_id in stage.body["DependsOn"]


@doors
def test_the_api_has_a_tls_floor_that_aws_knows(production: Templates, door: Door) -> None:
    """The policy's name is one of API Gateway's own, and no older than TLS 1.2."""
    (api,) = production.every("AWS::ApiGateway::RestApi", stack=STACKS[door])
    model = botocore.session.get_session().get_service_model("apigateway")
    shape: Any = model.shape_for("RestApi")
    policy = api.properties["SecurityPolicy"]
    assert policy in shape.members["securityPolicy"].enum
    assert policy.startswith("SecurityPolicy_TLS13_")
    assert api.properties["EndpointAccessMode"] == "STRICT"
    assert api.properties["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert api.properties["BinaryMediaTypes"] == ["*/*"]
    assert {"Key": "ms-custom-id", "Value": f"{door}-door"} in api.properties["Tags"]


def test_every_gateway_answer_is_a_problem_without_insides(production: Templates) -> None:
    """Each response type of API Gateway answers with problem+json, its request id and no more."""
    model = botocore.session.get_session().get_service_model("apigateway")
    types: Any = model.shape_for("GatewayResponseType")
    assert set(ANSWERS) == set(types.enum)
    for door, stack in STACKS.items():
        answers = list(production.every("AWS::ApiGateway::GatewayResponse", stack=stack))
        assert {a.properties["ResponseType"] for a in answers} == set(ANSWERS), door
        for answer in answers:
            check_answer(answer.properties)


def check_answer(properties: dict[str, Any]) -> None:
    """Check one gateway response."""
    (template,) = properties["ResponseTemplates"].values()
    body = json.loads(template)
    status = properties.get("StatusCode")
    assert set(body) - {"status"} == {"type", "title", "code", "detail", "instance"}
    assert str(body.get("status", status)) == str(status)
    assert re.findall(r"\$[\w.]+", template) == ["$context.requestId"]
    headers = {
        name.removeprefix("gatewayresponse.header."): value.strip("'")
        for name, value in properties["ResponseParameters"].items()
    }
    assert headers["Content-Type"] == "application/problem+json"
    # Without its quotes, which do not fit there, 'none' is written as nothing.
    safety = {name: value.replace(" 'none'", "") for name, value in SAFETY_HEADERS.items()}
    assert headers.items() >= safety.items()
    assert not any("'" in value for value in headers.values())
    assert ("Retry-After" in headers) == (status == "429")
    assert ("WWW-Authenticate" in headers) == (status == "401")


def test_the_authorizer_is_asked_on_every_call(production: Templates) -> None:
    """No header is demanded, since a key or a token will do, and no answer of it is kept."""
    (authorizer,) = production.every("AWS::ApiGateway::Authorizer")
    assert authorizer.properties["Type"] == "REQUEST"
    assert authorizer.properties["AuthorizerResultTtlInSeconds"] == 0
    assert "IdentitySource" not in authorizer.properties
    uri = production.written(authorizer.stack, authorizer.properties["AuthorizerUri"])
    assert f"<{STACKS[Door.TOKEN]}/Authorizer/Function.Arn>/invocations" in uri
    for _, path, method in methods(production, Door.TOKEN):
        assert method.properties["AuthorizerId"] == {"Ref": authorizer.logical_id}, path


def test_the_authorizer_gives_up_in_time(production: Templates, every_option: Templates) -> None:
    """A decision takes five seconds at most, and its concurrency can be kept for it."""
    where = "AWS::Lambda::Function", f"{STACKS[Door.TOKEN]}/Authorizer/Function"
    assert production.one(*where).properties["Timeout"] <= 5
    assert every_option.one(*where).properties["ReservedConcurrentExecutions"] == 20


def test_what_an_authorizer_says_is_told_apart(production: Templates) -> None:
    """Nothing valid came: 401; valid, but not allowed: 403; we failed: 500."""
    found = {
        a.properties["ResponseType"]: a.properties["StatusCode"]
        for a in production.every("AWS::ApiGateway::GatewayResponse", stack=STACKS[Door.TOKEN])
        if "StatusCode" in a.properties
    }
    assert found["UNAUTHORIZED"] == "401"
    assert found["ACCESS_DENIED"] == "403"
    assert found["AUTHORIZER_FAILURE"] == found["AUTHORIZER_CONFIGURATION_ERROR"] == "500"


def test_an_api_needs_one_permission_per_function(production: Templates) -> None:
    """Routes do not eat up a function's policy: one statement for each API that calls it."""
    sources: dict[tuple[str, str], str] = {}
    for permission in production.every("AWS::Lambda::Permission"):
        assert permission.properties["Principal"] == "apigateway.amazonaws.com"
        written = production.written(permission.stack, permission.properties)
        called = (permission.stack, written["FunctionName"].rpartition("/Function")[0])
        assert called not in sources
        sources[called] = written["SourceArn"]
    authorizer = sources.pop((STACKS[Door.TOKEN], f"<{STACKS[Door.TOKEN]}/Authorizer"))
    assert authorizer.endswith(f"Api>/authorizers/<{STACKS[Door.TOKEN]}/KeysAndTokens>")
    expected = {(door, route.function) for door in STACKS for route in live_at(door)}
    assert len(sources) == len(expected)
    for source in sources.values():
        assert re.search(r"Api>/(signed|token|hubspot)/\*$", source)


def test_the_accounts_gateway_setting_is_made_once(production: Templates) -> None:
    """Logging needs one setting per account; two stacks that own it would fight over it."""
    assert len(list(production.every("AWS::ApiGateway::Account"))) == 1
