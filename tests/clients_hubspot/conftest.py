"""The built project, a door to call, and ways to run code against it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients_hubspot.door import Door
from tests.clients_hubspot.vending import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "hubspot"
HERE = Path(__file__).parent
ORDER = {"currency": "GBP", "lines": [{"sku": "Tee/ß 1", "quantity": 2}]}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a Node program printed."""

    result: Any
    stdout: str
    stderr: str


def node(*arguments: str | Path, **environment: str) -> Ran:
    """Run Node and read its standard output as JSON; the time limit is twice HubSpot's."""
    done = subprocess.run(
        ["node", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Ran(json.loads(done.stdout), done.stdout, done.stderr)


def secrets(door: Door) -> dict[str, str]:
    """Return the functions' secrets for a door."""
    return {"COUNTERSIGN_TOKEN_URL": door.token_url, "COUNTERSIGN_API_KEY": KEY}


def send(door: Door, *steps: object, **environment: str) -> Ran:
    """Send calls through the module that all functions share, all from one process."""
    return node(HERE / "send.mjs", json.dumps(steps), **secrets(door) | environment)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the project away from the repository, where no node_modules is in reach."""
    folder = tmp_path_factory.mktemp("hubspot-project")
    command = ["node", str(CLIENT / "build.mjs"), str(folder / "dist")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    shutil.copy(CLIENT / "hsproject.json", folder)
    return folder


@pytest.fixture
def door() -> Iterator[Door]:
    """Open a door."""
    with Door() as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Functions:
    """Runs the built functions through HubSpot's own executor, each time in a new process."""

    project: Path
    door: Door

    def run(self, name: str, parameters: object, **environment: str) -> Ran:
        """Run a function; `environment` goes over the secrets."""
        return node(
            CLIENT / "run.mjs",
            "--dist",
            self.project / "dist",
            name,
            json.dumps(parameters),
            **secrets(self.door) | environment,
        )

    def place_order(self, order: object = ORDER, key: object = "key-1", **environment: str) -> Ran:
        """Place an order, with a key unless it is None."""
        parameters = {"order": order} | ({} if key is None else {"idempotencyKey": key})
        return self.run("place-order", parameters, **environment)


@pytest.fixture
def functions(project: Path, door: Door) -> Functions:
    """Return the built functions, with the door's secrets."""
    return Functions(project, door)
