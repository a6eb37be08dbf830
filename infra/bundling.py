"""A function's bundle: its own modules, the part of `core` that they import, and their wheels.

No Docker: wheels are unpacked for the target, byte code is compiled by an interpreter of the
runtime's version, and the zip is written here, entry by entry, so that the same input gives the
same bytes. The asset's hash covers exactly what goes in; a README changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from infra import FUNCTIONS, ROOT
from infra.bytecode import compile_tree, interpreter
from infra.imports import of_function
from infra.wheels import Lock, Target, Wheelhouse

if TYPE_CHECKING:
    from collections.abc import Iterable

CACHE = ROOT / ".cache"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DAY = 24 * 3600
_FORMAT = "2"  # raise it when the way of packing changes
_LEFT_OUT_FOLDERS = frozenset({"tests", "test", "__pycache__"})
_LEFT_OUT_SUFFIXES = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h"})
_KEPT_PARTS = {"hubspot": re.compile(r"hubspot/(crm/(objects/((api|models)/)?)?)?[^/]+")}
"""Of HubSpot's SDK, 2,200 generated modules, only the part around its `ApiClient` is used."""

_KEPT_METADATA = frozenset({"METADATA", "entry_points.txt"})


@dataclass(frozen=True, slots=True)
class Bundle:
    """A zip on disk, the hash of what went in, and whether it holds byte code."""

    path: Path
    digest: str
    compiled: bool


def bundle(folder: str, target: Target, wished_python: str | None = None) -> Bundle:
    """Build the zip of a function, or return the one that was built from the same input."""
    own = of_function(folder, FUNCTIONS).files
    house = Wheelhouse(CACHE / "wheels", Lock(ROOT / "requirements.txt"), target)
    wheels = house.closure(FUNCTIONS / folder / "requirements.txt")
    python = _compiler(target.minor, wished_python)
    means = (_FORMAT, target.tag, "compiled" if python else "source only")
    packages = _digest(means, [wheel.name.encode() for wheel in wheels])
    digest = _digest((packages,), [f"{f}\0".encode() + (FUNCTIONS / f).read_bytes() for f in own])
    path = CACHE / "bundles" / f"{folder}-{digest[:32]}.zip"
    if path.exists():
        path.touch()
    else:
        base = _packages(wheels, CACHE / "bundles" / f"packages-{packages[:32]}.zip", python)
        _write(path, base, own, python)
        _forget_old(path.parent)
    return Bundle(path, digest, python is not None)


def _forget_old(folder: Path) -> None:
    """Drop what no synth has used for a day; another synth may be reading anything younger."""
    for file in folder.iterdir():
        if file.stat().st_mtime < time.time() - _DAY:
            file.unlink(missing_ok=True)


@cache
def _compiler(minor: int, wished: str | None) -> str | None:
    found = interpreter(minor, wished)
    if found is None:
        print(  # noqa: T201 - a word to whoever synthesizes
            f"No Python 3.{minor} here: the bundles carry no byte code and start slower. Install "
            f"python3.{minor} or name one in the setting bytecode_python.",
            file=sys.stderr,
        )
    return found


def _digest(words: Iterable[str], parts: Iterable[bytes]) -> str:
    total = hashlib.sha256("\0".join(words).encode())
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _packages(wheels: tuple[Path, ...], path: Path, python: str | None) -> Path:
    """Compress the third-party part once for every function that shares it."""
    if path.exists():
        path.touch()
    else:
        with tempfile.TemporaryDirectory() as scratch:
            for wheel in wheels:
                _unpack(wheel, Path(scratch))
            if python:
                compile_tree(Path(scratch), python)
            _replace(path, None, Path(scratch))
    return path


def _write(path: Path, base: Path, own: tuple[Path, ...], python: str | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for file in own:
            place = Path(scratch, file)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(FUNCTIONS / file, place)
        if python:
            compile_tree(Path(scratch), python)
        _replace(path, base, Path(scratch))


def _unpack(wheel: Path, into: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if _wanted(name):
                archive.extract(name, into)


def _wanted(name: str) -> bool:
    parts = Path(name).parts
    if parts[0].endswith(".dist-info"):
        return parts[-1] in _KEPT_METADATA
    if parts[0].endswith(".data") or _LEFT_OUT_FOLDERS & set(parts[:-1]):
        return False
    if parts[0] in _KEPT_PARTS and not _KEPT_PARTS[parts[0]].fullmatch(name):
        return False
    return Path(name).suffix not in _LEFT_OUT_SUFFIXES and not name.endswith("/")


def _replace(path: Path, base: Path | None, tree: Path) -> None:
    """Write `base`'s entries, then the tree's files; nobody meets a zip that is half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    if base:
        shutil.copyfile(base, unfinished)
    with zipfile.ZipFile(unfinished, "a" if base else "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in tree.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(tree).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    unfinished.replace(path)
