"""How a bundle is built: same bytes from same input, from pinned wheels, without network."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from infra import FUNCTIONS, ROOT, bundling
from infra.bundling import CACHE, bundle
from infra.wheels import Lock, Target, WheelError, Wheelhouse
from tests.bundles.conftest import HERE

if TYPE_CHECKING:
    from pathlib import Path

    from infra.bundling import Bundle

LAMBDA = Target(HERE.minor, "aarch64")
ELF_AARCH64 = 183


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of functions/ that bundles are built from, with a cache of its own."""
    copy = tmp_path / "functions"
    shutil.copytree(FUNCTIONS, copy)
    monkeypatch.setattr(bundling, "FUNCTIONS", copy)
    fresh(tmp_path / "cache", monkeypatch)
    return copy


def fresh(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bundles be built into an empty cache that shares the real wheelhouse."""
    (CACHE / "wheels").mkdir(parents=True, exist_ok=True)
    cache.mkdir()
    (cache / "wheels").symlink_to(CACHE / "wheels")
    monkeypatch.setattr(bundling, "CACHE", cache)


def test_the_same_input_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds apart differ in no byte, so a deploy changes only what was changed."""

    def built(name: str) -> bytes:
        fresh(tmp_path / name, monkeypatch)
        return bundle("nudge", HERE).path.read_bytes()

    assert built("one") == built("two")


def test_only_what_goes_in_changes_the_hash(sources: Path) -> None:
    """A README, or another function, leaves a bundle alone; its own code and core do not."""
    first = digests()
    (sources / "nudge" / "README.md").write_text("words", "utf-8")
    extend(sources / "registry" / "handler.py")
    second = digests()
    assert second["nudge"] == first["nudge"]
    assert second["registry"] != first["registry"]
    extend(sources / "core" / "clock.py")
    assert digests()["nudge"] != second["nudge"]


def extend(module: Path) -> None:
    """Change a module without changing what it does."""
    module.write_text(module.read_text("utf-8") + "\n# more\n", "utf-8")


def digests() -> dict[str, str]:
    """Build two functions and return their hashes."""
    return {name: bundle(name, HERE).digest for name in ("nudge", "registry")}


def test_entries_are_dated_and_ordered_alike(sources: Path) -> None:
    """No time of this machine and no owner is in a zip."""
    assert sources
    with zipfile.ZipFile(bundle("nudge", HERE).path) as archive:
        entries = archive.infolist()
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {e.external_attr >> 16 for e in entries} == {0o644}
    assert len({e.filename for e in entries}) == len(entries)


def test_without_an_interpreter_there_is_no_byte_code_and_a_word(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte code of another version would be ignored: better none, and said so."""
    assert sources
    compiled = bundle("nudge", HERE)
    monkeypatch.setattr(bundling, "interpreter", lambda *_: None)
    bundling._compiler.cache_clear()
    try:
        plain = bundle("nudge", HERE)
    finally:
        bundling._compiler.cache_clear()
    assert (compiled.compiled, plain.compiled) == (True, False)
    assert compiled.digest != plain.digest
    assert not [n for n in names(plain) if n.endswith(".pyc")]
    assert f"No Python 3.{HERE.minor} here" in capsys.readouterr().err


def names(built: Bundle) -> list[str]:
    """Return the entries of a bundle's zip."""
    with zipfile.ZipFile(built.path) as archive:
        return archive.namelist()


def test_wheels_are_for_lambda_and_not_for_this_machine() -> None:
    """Machine code in a production bundle is for the Graviton processors of arm64."""
    with zipfile.ZipFile(bundle("orders_api", LAMBDA).path) as archive:
        libraries = [n for n in archive.namelist() if n.endswith(".so")]
        assert libraries
        for name in libraries:
            header = archive.read(name)[:20]
            assert header[:4] == b"\x7fELF", name
            assert int.from_bytes(header[18:20], "little") == ELF_AARCH64, name


def test_a_filled_wheelhouse_needs_no_network(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once fetched, wheels are used without asking pip."""
    assert sources
    bundle("nudge", HERE)
    run = subprocess.run

    def without_pip(command: list[str], **options: Any) -> Any:
        assert "pip" not in command
        return run(command, check=options.pop("check", True), **options)

    monkeypatch.setattr(subprocess, "run", without_pip)
    shutil.rmtree(sources.parent / "cache" / "bundles")
    assert bundle("nudge", HERE).path.exists()


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    """A wheel that was swapped on disk is not what requirements.txt pins."""
    house = Wheelhouse(tmp_path, Lock(ROOT / "requirements.txt"), HERE)
    version, _ = house.lock.pins["six"]
    place = tmp_path / HERE.tag
    place.mkdir()
    (place / f"six-{version}-py2.py3-none-any.whl").write_bytes(b"not six")
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("six\n", "utf-8")
    with pytest.raises(WheelError, match="hash"):
        house.closure(wanted)


def test_a_package_that_is_not_pinned_is_refused(tmp_path: Path) -> None:
    """A name in a function's requirements.txt must stand in the root one."""
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("left-pad\n", "utf-8")
    house = Wheelhouse(tmp_path, Lock(ROOT / "requirements.txt"), HERE)
    with pytest.raises(WheelError, match="left-pad is not pinned"):
        house.closure(wanted)


def test_every_wheel_on_disk_has_a_pinned_hash() -> None:
    """Nothing in the wheelhouse is unknown to requirements.txt."""
    lock = Lock(ROOT / "requirements.txt")
    known = {digest for _, hashes in lock.pins.values() for digest in hashes}
    house = Wheelhouse(CACHE / "wheels", lock, HERE)
    for wheel in house.closure(FUNCTIONS / "orders_api" / "requirements.txt"):
        assert hashlib.sha256(wheel.read_bytes()).hexdigest() in known, wheel.name
