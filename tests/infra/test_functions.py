"""Every Lambda as deployed: which there are, what they read, how they run and log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from core.settings import variables
from infra import FUNCTIONS
from infra.acknowledged import FUNCTIONS as REVIEWED
from infra.function import EnvironmentMismatch, PythonFunction, settings_of
from infra.imports import ENTRY
from tests.infra.synth import PRODUCTION, deployment, empty_bundles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.templates import Resource, Templates

LOGGING = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def folder(function: Resource) -> str:
    """Return the folder under functions/ whose handler the entry loads."""
    assert function.properties["Handler"] == f"{'.'.join(ENTRY.with_suffix('').parts)}.handler"
    return str(function.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"])


OPTIONAL = {"hubspot_oauth"}
"""Deployed only if a setting asks for it."""


def deployed(templates: Templates) -> dict[str, Resource]:
    """Return the deployed functions by their folder."""
    return {folder(f): f for f in templates.every("AWS::Lambda::Function")}


def test_a_folder_is_deployed_if_and_only_if_it_has_a_handler(
    production: Templates, every_option: Templates
) -> None:
    """Nothing under functions/ is forgotten, and nothing else runs."""
    found = [folder(f) for f in every_option.every("AWS::Lambda::Function")]
    assert sorted(found) == sorted(p.parent.name for p in FUNCTIONS.glob("*/handler.py"))
    assert set(found) - set(deployed(production)) == OPTIONAL


def test_environment_is_exactly_what_the_settings_read(production: Templates) -> None:
    """No function starts without a variable, or carries one that it does not read."""
    for name, function in deployed(production).items():
        given = set(function.properties["Environment"]["Variables"])
        assert given - LOGGING == set(variables(settings_of(name))), name
        assert given >= LOGGING, name


@pytest.mark.parametrize("change", [{"ACCESS_TABLE": None}, {"STRAY": "x"}])
def test_a_wrong_environment_is_refused(tmp_path: Path, change: dict[str, str | None]) -> None:
    """A construct with a variable missing or too many does not synthesize."""
    given = {k: v for k, v in ({"ACCESS_TABLE": "t"} | change).items() if v is not None}
    stack = cdk.Stack(cdk.App(), "Some")
    with empty_bundles(tmp_path), pytest.raises(EnvironmentMismatch, match="registry"):
        PythonFunction(
            stack,
            "registry",
            deployment=deployment(PRODUCTION),
            environment=given,
            rights=[],
            timeout_seconds=1,
        )


def test_every_function_runs_as_decided(production: Templates) -> None:
    """arm64, the deployment's runtime, traced, JSON logs into its own kept-for-so-long group."""
    chosen = deployment(PRODUCTION)
    groups = set()
    for name, function in deployed(production).items():
        properties = function.properties
        assert properties["Architectures"] == ["arm64"], name
        assert properties["Runtime"] == chosen.runtime, name
        assert properties["TracingConfig"] == {"Mode": "Active"}, name
        assert properties["LoggingConfig"]["LogFormat"] == "JSON", name
        assert "ReservedConcurrentExecutions" not in properties, name
        groups.add((function.stack, properties["LoggingConfig"]["LogGroup"]["Ref"]))
    assert len(groups) == len(deployed(production))


def test_every_log_group_has_a_retention(production: Templates) -> None:
    """Nothing is logged for ever, and no group is left to AWS to make without a retention."""
    groups = list(production.every("AWS::Logs::LogGroup"))
    assert {g.properties.get("RetentionInDays") for g in groups} == {
        deployment(PRODUCTION).log_retention_days
    }
    functions, doors = deployed(production), list(production.every("AWS::ApiGateway::Stage"))
    assert len(groups) == len(functions) + 2 * len(doors)


def test_settings_change_concurrency_runtime_and_lingers(every_option: Templates) -> None:
    """A reservation goes to its function alone, and the runtime to all of them."""
    reserved = {
        name: f.properties.get("ReservedConcurrentExecutions")
        for name, f in deployed(every_option).items()
    }
    chosen = {n: r for n, r in reserved.items() if r is not None}
    assert chosen == {"orders_api": 50, "authorizer": 20}
    runtimes = {f.properties["Runtime"] for f in deployed(every_option).values()}
    assert runtimes == {"python3.14"}


def test_the_reviewed_functions_are_the_deployed_ones(production: Templates) -> None:
    """The table of acknowledged findings names each function's stack as it is."""
    found: dict[str, Any] = {}
    for function in production.every("AWS::Lambda::Function"):
        stack = function.stack.removeprefix("Countersign")
        found.setdefault(stack, set()).add(function.path.removesuffix("/Function"))
    assert found == {stack: set(names) for stack, names in REVIEWED.items()}
