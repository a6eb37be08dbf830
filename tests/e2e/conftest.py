"""One deployed system for all tests here; xdist keeps them on one worker."""

from __future__ import annotations

import io
import os
import socket
from typing import TYPE_CHECKING

import pytest
import requests

from countersign import Client
from countersign.administration import Administration
from local.deployment import local_settings
from local.ports import LOOPBACK, free_ports
from local.progress import Progress
from local.system import running
from local.tls import tls_files
from tests.e2e.door import SignedDoor
from tests.e2e.keys import Keys
from tests.e2e.portal import HubspotPortal
from tests.e2e.roles import assumed
from tests.e2e.token_door import TokenDoor
from tests.e2e.tokens import Tokens, declared
from tests.matrix import deployment as matrix
from tests.support.issuer import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.credentials import Credentials

    from local.system import System

HERE = "tests/e2e/"
PAGE = "https://portal.example"
SECOND, THIRD = "second", "third"
OAUTH, OAUTH_PORTAL = "oauth-shop", 6

# tests/infra validates the same templates; once is enough for one test run.
os.environ["CDK_VALIDATION"] = "false"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder; they share one system (tests/support/groups.py)."""
    for item in items:
        if HERE in item.path.as_posix():
            item.add_marker(pytest.mark.emulator)


@pytest.fixture(scope="session")
def issuer_port() -> int:
    """Return the port of the token issuer, which a deployment names before it serves."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def matrix_ports() -> tuple[int, int]:
    """Return the ports of the access matrix's two issuers."""
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind((LOOPBACK, 0))
        return first.getsockname()[1], second.getsockname()[1]


@pytest.fixture(scope="session")
def system(
    tmp_path_factory: pytest.TempPathFactory, issuer_port: int, matrix_ports: tuple[int, int]
) -> Iterator[System]:
    """Deploy the whole system on free ports, with more tenants, roles and token issuers."""
    state: Path = tmp_path_factory.mktemp("system") / "state"
    changes = {
        "tenants": [
            *local_settings()["tenants"],
            *({"id": i, "hubspot_portal_id": p} for i, p in ((SECOND, "2"), (THIRD, "3"))),
            {"id": OAUTH, "hubspot_portal_id": str(OAUTH_PORTAL), "hubspot_auth": "oauth"},
            *matrix.tenants(),
        ],
        "callers": [*local_settings()["callers"], *matrix.callers()],
        "cors_origins": [PAGE],
        "issuers": [declared(issuer_port), *(matrix.issuer(port) for port in matrix_ports)],
    }
    with running(state, free_ports(), Progress(out=io.StringIO()), changes) as system:
        requests.post(f"{system.portal.url}/_twin/traffic", json={"keep": True}, timeout=5)
        yield system


@pytest.fixture(scope="session")
def caller(system: System) -> Credentials:
    """Return temporary credentials of the registered role, as a HubSpot function would have."""
    return assumed(system, system.outputs.caller_role_arn)


@pytest.fixture(scope="session")
def operator(system: System) -> Credentials:
    """Return temporary credentials of the registered role that may manage keys."""
    return assumed(system, system.outputs.operator_role_arn)


@pytest.fixture(scope="session")
def door(system: System, caller: Credentials) -> SignedDoor:
    """Return the signed door, whose calls the registered role signs unless a test says else."""
    return SignedDoor(system.outputs.signed_url, str(system.endpoint.authority), caller)


@pytest.fixture(scope="session")
def token_door(system: System) -> TokenDoor:
    """Return the token door."""
    return TokenDoor(system.outputs.token_url, str(system.endpoint.authority))


@pytest.fixture(scope="session")
def administration(system: System) -> Administration:
    """Return what a deployer can have done."""
    return Administration(system.endpoint.session(), system.outputs.access_admin_function)


@pytest.fixture(scope="session")
def first_key(administration: Administration, system: System) -> str:
    """Return the tenant's first key, as `countersign keys bootstrap` makes it."""
    return str(administration.bootstrap(system.outputs.tenant)["key"])


@pytest.fixture(scope="session")
def second_key(administration: Administration) -> str:
    """Return the first key of another tenant."""
    return str(administration.bootstrap(SECOND)["key"])


@pytest.fixture(scope="session")
def keys(door: SignedDoor, operator: Credentials, first_key: str) -> Keys:
    """Return the tenant's keys, managed with the operator's role and the first key."""
    return Keys(door, operator, first_key)


@pytest.fixture(scope="session")
def tokens(system: System, issuer_port: int) -> Iterator[Tokens]:
    """Serve the token issuer, under the certificate that the functions trust already."""
    with served(tls_files(system.state / "tls"), issuer_port) as issuer:
        yield Tokens.of(issuer)


@pytest.fixture(scope="session")
def client(system: System) -> Iterator[Client]:
    """Return the project's own client."""
    with Client(system.target()) as client:
        yield client


@pytest.fixture(scope="session")
def hubspot(system: System) -> HubspotPortal:
    """Return the portal, read through HubSpot's own API."""
    return HubspotPortal(system.portal.url, system.portal.token)
