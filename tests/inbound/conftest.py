"""A shop that its portal tells of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from tests.inbound.shop import ToldShop
from tests.support import tables
from tests.support.direct_twin import direct_twin
from tests.support.hubspot_specs import SpecChecker, find_specs
from tests.support.quick_moto import quick_moto

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def checker() -> SpecChecker | None:
    """Load HubSpot's documents once; None where they are not there."""
    specs = find_specs()
    return None if specs is None else SpecChecker(specs)


@pytest.fixture
def shop(checker: SpecChecker | None) -> Iterator[ToldShop]:
    """Return a shop and its portal; all that passes is valid by HubSpot's documents, if there."""
    with quick_moto(), direct_twin() as twin:
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        made = ToldShop(dynamodb, twin)
        made.provision()
        yield made
        for executor in made.executors:
            executor.shutdown()
        if checker is not None:
            assert checker.check_all(twin.twin.recorder.kept) == []
