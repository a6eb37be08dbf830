"""A shop and its portal without a socket, on one clock that only the test moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from tests.reconcile.shop import Following, ReconciledShop, twin_of_a_shop
from tests.support import tables
from tests.support.direct_twin import direct_twin
from tests.support.hubspot_specs import SpecChecker, find_specs
from tests.support.quick_moto import quick_moto

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
def shop(dynamodb: DynamoDBClient, spec_checker: SpecChecker | None) -> Iterator[ReconciledShop]:
    """Return a shop whose portal is ready; all that passes must be valid by HubSpot's documents."""
    clock = Following()
    with direct_twin(twin_of_a_shop(clock)) as twin:
        made = ReconciledShop(dynamodb, twin, clock)
        made.provision()
        yield made
        for executor in made.executors:
            executor.shutdown()
        if spec_checker is not None:
            assert spec_checker.check_all(twin.twin.recorder.kept) == []
