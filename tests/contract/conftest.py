"""What the suites of the stores share: a desk over each implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.desk import Desk
from tests.contract.subjects import SUBJECTS
from tests.contract.vaults import VAULTS, Vault

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=sorted(SUBJECTS))
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Return a desk with ten of `A` over each implementation."""
    with SUBJECTS[request.param]() as subject:
        made = Desk(subject)
        made.put("A", {"main": 10})
        yield made


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """Return a desk with two of a SKU at each of 41 locations."""
    for start in (0, 20, 40):
        desk.put("S", {f"l{n:02}": 2 for n in range(start, min(start + 20, 41))})
    return desk


@pytest.fixture(params=sorted(VAULTS))
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    """Return an empty vault over each implementation."""
    with VAULTS[request.param]() as opened:
        yield opened
