"""A shop and its portal, for tests that walk the whole way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from tests.flow.shop import Shop
from tests.support import tables
from tests.support.hubspot_specs import SpecChecker, find_specs
from tests.support.quick_moto import quick_moto
from tests.support.running_twin import RunningTwin, running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    """Return moto's DynamoDB with the three tables."""
    with quick_moto():
        client = boto3.client("dynamodb")
        tables.create(client)
        yield client


@pytest.fixture(scope="session")
def spec_checker() -> SpecChecker | None:
    """Load HubSpot's documents once; None where they are not there."""
    specs = find_specs()
    return None if specs is None else SpecChecker(specs)


@pytest.fixture
def twin(spec_checker: SpecChecker | None) -> Iterator[RunningTwin]:
    """Return an empty portal; all that passes must be valid by HubSpot's documents, if there."""
    with running_twin() as running:
        yield running
        if spec_checker is not None:
            assert spec_checker.check_all(running.twin.recorder.kept) == []


@pytest.fixture
def shop(dynamodb: DynamoDBClient, twin: RunningTwin) -> Iterator[Shop]:
    """Return a shop whose portal is ready."""
    made = Shop(dynamodb, twin)
    made.provision()
    yield made
    for executor in made.executors:
        executor.shutdown()
