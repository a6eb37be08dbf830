"""A running twin, whose whole traffic is checked against HubSpot's documents at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from local.twin.app import create_app
from tests.support.hubspot_specs import SpecChecker, find_specs
from tests.support.running_twin import RunningTwin, fresh_twin, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(slots=True)
class Stage:
    """One server for all tests, behind which each puts a twin of its own."""

    url: str = ""
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the twin on stage."""
        if self.app is None:
            raise RuntimeError("no twin is on stage")
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def spec_checker() -> SpecChecker | None:
    """Load HubSpot's documents once; None where they are not there."""
    specs = find_specs()
    return None if specs is None else SpecChecker(specs)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Serve whatever twin is on stage."""
    stage = Stage(app=create_app(fresh_twin()))
    with served(stage) as stage.url:
        yield stage


@pytest.fixture
def twin(stage: Stage, spec_checker: SpecChecker | None) -> Iterator[RunningTwin]:
    """Serve a fresh twin, and fail the test if anything that passed does not conform."""
    twin = fresh_twin()
    twin.portals[1].settings.search_lag_ms = 0
    stage.app = create_app(twin)
    yield RunningTwin(twin, stage.url)
    if spec_checker is not None:
        assert spec_checker.check_all(twin.recorder.kept) == []
