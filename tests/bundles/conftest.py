"""Every function's bundle, built as for a deploy, but with wheels that this machine can load."""

from __future__ import annotations

import fcntl
import platform
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from infra import FUNCTIONS
from infra.bundling import CACHE, bundle
from infra.wheels import Target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDERS = sorted(p.parent.name for p in FUNCTIONS.glob("*/handler.py"))
HERE = Target(sys.version_info.minor, platform.machine().replace("arm64", "aarch64"))


@dataclass(frozen=True)
class Unpacked:
    """A bundle laid out as Lambda lays it out."""

    zip: Path
    root: Path

    @property
    def names(self) -> list[str]:
        """Return the zip's entries."""
        with zipfile.ZipFile(self.zip) as archive:
            return archive.namelist()


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Unpacked]:
    """Build and unpack every function's bundle; workers of one run take turns at building."""
    CACHE.mkdir(exist_ok=True)
    found = {}
    for folder in FOLDERS:
        with (CACHE / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            path = bundle(folder, HERE).path
        root = tmp_path_factory.mktemp(folder)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(root)
        found[folder] = Unpacked(path, root)
    return found
