"""Two synths for all of these tests: production's, and one with every option switched on."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.synth import EVERY_OPTION, PRODUCTION, synthesized
from tests.infra.templates import Templates

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Return the templates that `make synth` leaves behind."""
    return _shared(tmp_path_factory, "production", PRODUCTION)


@pytest.fixture(scope="session")
def every_option(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Return the templates of a deployment that uses every option."""
    return _shared(tmp_path_factory, "every-option", EVERY_OPTION)


def _shared(factory: pytest.TempPathFactory, name: str, settings: dict[str, Any]) -> Templates:
    """Synthesize once for all workers: the first one does it, the others wait and read."""
    folder = _root(factory) / f"infra-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            synthesized(folder, settings)
            (folder / "done").touch()
    return Templates.read(folder / "cdk.out")


def _root(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this run: under xdist each worker's own lies below it."""
    base = factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base
