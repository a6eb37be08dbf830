"""Byte code in a bundle: there, made by the right Python, and used as it stands."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.bytecode import interpreter
from tests.bundles import bare
from tests.bundles.conftest import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.bundles.conftest import Unpacked

MINOR = sys.version_info.minor
HASHED, CHECKED = 0b01, 0b10


@pytest.fixture(scope="module")
def secrets() -> Iterator[str]:
    """Return the address of a stand-in for Secrets Manager."""
    yield from bare.secrets()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_module_has_byte_code_of_its_own_source(
    unpacked: Mapping[str, Unpacked], folder: str
) -> None:
    """Each is bound to its source by hash, not by a time that the asset zip would not keep."""
    root = unpacked[folder].root
    modules = [p for p in root.rglob("*.py") if "__pycache__" not in p.parts]
    assert modules
    for module in modules:
        cached = Path(importlib.util.cache_from_source(str(module))).read_bytes()
        assert cached[:4] == importlib.util.MAGIC_NUMBER, module
        assert int.from_bytes(cached[4:8], "little") & HASHED, module
        assert not int.from_bytes(cached[4:8], "little") & CHECKED, module
        assert cached[8:16] == importlib.util.source_hash(module.read_bytes()), module


def test_python_runs_the_byte_code_and_not_the_source(
    unpacked: Mapping[str, Unpacked], tmp_path: Path, secrets: str
) -> None:
    """With sources that would fail, dated as in an asset zip, the handler still loads."""
    root = tmp_path / "task"
    shutil.copytree(unpacked["registry"].root, root)
    for module in root.rglob("*.py"):
        module.write_text("raise SystemError('compiled again')\n", "utf-8")
    assert "registry.handler" in bare.load(root, "registry", secrets)["inside"]


def test_an_interpreter_is_run_before_it_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shim that cannot start, and one of another version, are passed over."""
    monkeypatch.setenv("PATH", str(tmp_path))
    shim = tmp_path / f"python3.{MINOR}"
    shim.write_text("#!/bin/sh\necho no such version >&2; exit 127\n", "utf-8")
    shim.chmod(0o755)
    assert interpreter(MINOR) == sys.executable
    liar = tmp_path / "python3.99"
    liar.symlink_to(sys.executable)
    assert interpreter(99) is None
    assert interpreter(99, wished=str(tmp_path / "absent")) is None


def test_a_named_interpreter_comes_first(tmp_path: Path) -> None:
    """The setting bytecode_python wins over the PATH, if it is what it should be."""
    named = tmp_path / "mine"
    named.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', "utf-8")
    named.chmod(0o755)
    assert interpreter(MINOR, wished=str(named)) == str(named)
