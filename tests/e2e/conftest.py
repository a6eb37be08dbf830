"""One deployed system for all tests here; xdist keeps them on one worker by their group."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest
import requests

from countersign import Client
from local.ports import free_ports
from local.progress import Progress
from local.system import running
from tests.e2e.door import SignedDoor
from tests.e2e.portal import HubspotPortal
from tests.e2e.roles import assumed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.credentials import Credentials

    from local.system import System

HERE = "tests/e2e/"

# tests/infra validates the same templates; once is enough for one test run.
os.environ["CDK_VALIDATION"] = "false"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test of this folder into one group, since they share one system."""
    for item in items:
        if HERE in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("e2e"))
            item.add_marker(pytest.mark.emulator)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Deploy the whole system on free ports, with HubSpot's traffic kept."""
    state: Path = tmp_path_factory.mktemp("system") / "state"
    with running(state, free_ports(), Progress(out=io.StringIO())) as system:
        requests.post(f"{system.portal.url}/_twin/traffic", json={"keep": True}, timeout=5)
        yield system


@pytest.fixture(scope="session")
def caller(system: System) -> Credentials:
    """Return temporary credentials of the registered role, as a HubSpot function would have."""
    return assumed(system, system.outputs.caller_role_arn)


@pytest.fixture(scope="session")
def door(system: System, caller: Credentials) -> SignedDoor:
    """Return the signed door, whose calls the registered role signs unless a test says else."""
    return SignedDoor(system.outputs.signed_url, str(system.endpoint.authority), caller)


@pytest.fixture(scope="session")
def client(system: System) -> Iterator[Client]:
    """Return the project's own client."""
    with Client(system.target()) as client:
        yield client


@pytest.fixture(scope="session")
def hubspot(system: System) -> HubspotPortal:
    """Return the portal, read through HubSpot's own API."""
    return HubspotPortal(system.portal.url, system.portal.token)
