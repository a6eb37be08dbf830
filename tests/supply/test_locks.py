"""Every package is locked to a version and a hash, and nothing installs without them."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import yaml

from infra.wheels import Lock
from local.supply.locks import NODE, PYTHON, ROOT, node_pins, python_pins

if TYPE_CHECKING:
    from pathlib import Path

NAMES_ONLY = {path.parent for path in ROOT.glob("functions/*/requirements.txt")}
"""A function names its share; versions and hashes come from the root lock (infra/wheels.py)."""


def test_every_python_requirement_has_a_version_and_hashes() -> None:
    """Guarantee: a line of a lock is `name==version` with SHA-256 hashes, no URL or range."""
    for lock in PYTHON.values():
        text = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text("utf-8")).replace("\\\n", " ")
        for line in text.splitlines():
            assert re.fullmatch(r"[\w.-]+==[^\s;]+( ;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+", line)
        assert len(text.splitlines()) == len(python_pins(lock))


def test_no_requirements_file_stands_outside_the_locks() -> None:
    """Guarantee: a new requirements file is a lock that is held to this, or a function's share."""
    folders = ("functions", "infra", "local", "clients", "tests", "benchmarks", "docs")
    found = {path for name in folders for path in (ROOT / name).rglob("*requirements*.txt")}
    found |= set(ROOT.glob("*requirements*.txt"))
    assert {path for path in found if path.parent not in NAMES_ONLY} == set(PYTHON.values())


def test_every_share_of_a_function_is_locked() -> None:
    """Guarantee: a function can ask for nothing that has no hash in the root lock."""
    pins = Lock(PYTHON["project"]).pins
    for folder in NAMES_ONLY:
        names = (folder / "requirements.txt").read_text("utf-8").split()
        assert all(pins[name][1] for name in names), folder


def test_every_node_package_has_a_hash() -> None:
    """Guarantee: each package of npm's lock has an SHA-512, and none comes from a link or git."""
    packages = json.loads(NODE.read_text("utf-8"))["packages"]
    for place, package in packages.items():
        if place:
            assert package["integrity"].startswith("sha512-"), place
            assert not package.get("link"), place
            assert package.get("resolved", "https://registry.npmjs.org/").startswith("https://")
    assert len(node_pins()) > 100


def test_what_installs_insists_on_the_hashes() -> None:
    """Guarantee: the Makefile installs by lock only: pip with --require-hashes, npm with ci."""
    made = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in made.splitlines() if re.search(r"\b(pip|npm) (install|i)\b", line)]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    assert "npm ci" in made


def test_both_languages_name_one_version() -> None:
    """Guarantee: the bills of materials of a release carry one version."""
    python = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    node = json.loads((ROOT / "package.json").read_text("utf-8"))["version"]
    assert python == node == json.loads(NODE.read_text("utf-8"))["version"]


def test_the_update_bot_looks_at_every_lock() -> None:
    """Guarantee: each folder with a lock is on the bot's list, under its own ecosystem."""
    bot = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    assert bot["version"] == 2
    watched = {
        (update["package-ecosystem"], folder)
        for update in bot["updates"]
        for folder in update.get("directories", [update.get("directory")])
    }
    locks = {("pip", _folder(lock)) for lock in PYTHON.values()} | {("npm", _folder(NODE))}
    assert watched == locks


def _folder(lock: Path) -> str:
    return f"/{lock.parent.relative_to(ROOT)}".rstrip(".") or "/"
