"""A real shop's days under all faults, by seed: afterwards both sides agree in every field.

Faults of every kind meet a quarter of the calls, HubSpot is down for a while, another program takes
a fifth of the quota, records are refused, edited and deleted in HubSpot, and functions die at
random points. `docs/proof/soak.md` has what the whole run showed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.soak.life import Soak, live
from tests.support import tables
from tests.support.direct_twin import direct_twin
from tests.support.hubspot_specs import SpecChecker, require_specs
from tests.support.shop_files import require_month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.support.emulator_dynamodb import Emulated

PROOF = os.environ.get("PROOF")

EVERYDAY = [Soak(seed=1, days=2, every=16)]
WHOLE = [Soak(seed, days=20, every=16, outage_minutes=120) for seed in range(2, 12)]
SOAKS = EVERYDAY + (WHOLE if PROOF else [])


@pytest.fixture(scope="module")
def checker() -> SpecChecker:
    """Load HubSpot's documents once."""
    return SpecChecker(require_specs())


@pytest.fixture(scope="module")
def data() -> Path:
    """Return the shop's files; in continuous integration they must be there."""
    return require_month()


@pytest.fixture
def dynamodb(emulated: Emulated) -> Iterator[DynamoDBClient]:
    """Return MiniStack's DynamoDB with the tables, which end with the test."""
    client = emulated.client()
    tables.create(client)
    yield client
    for name in (tables.CORE, tables.ACCESS, tables.AUDIT):
        client.delete_table(TableName=name)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("soak", SOAKS, ids=lambda s: f"seed{s.seed}-days{s.days}-1in{s.every}")
def test_both_sides_agree_whatever_happened(
    soak: Soak,
    data: Path,
    dynamodb: DynamoDBClient,
    checker: SpecChecker,
    record_property: Callable[[str, object], None],
) -> None:
    """No record twice, no line lost, every unit accounted for, every call as documented."""
    with direct_twin() as twin:
        lived = live(soak, data, dynamodb, twin)
        record_property("figures", lived.figures())
        assert lived.differences == []
        assert lived.shop.owed() == []
        # Nobody slept out a 429 or a retry: the budget's two seconds are the longest wait.
        assert lived.shop.counts.slept <= 2
        assert checker.check_all(twin.twin.recorder.kept) == []
