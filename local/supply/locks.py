"""The lock files, and the packages that each pins."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from infra.wheels import Lock

ROOT = Path(__file__).resolve().parents[2]

PYTHON = {
    "project": ROOT / "requirements.txt",
    "emulator": ROOT / "local" / "requirements.txt",
    "lambda": ROOT / "local" / "lambda-requirements.txt",
}
"""The environments under `.venv`, each with the lock that it is made from."""

NODE = ROOT / "package-lock.json"


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a package; `declared` is the licence that npm's lock names for it."""

    name: str
    version: str
    declared: str | None = None


def python_pins(lock: Path) -> list[Pin]:
    """Return what a requirements file pins, for every platform."""
    return [Pin(name, version) for name, (version, _) in sorted(Lock(lock).pins.items())]


def node_pins(lock: Path = NODE) -> list[Pin]:
    """Return what an npm lock pins, each version once, without the project itself."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    pins = {
        Pin(
            found.get("name") or place.rpartition("node_modules/")[2],
            found["version"],
            found.get("license"),
        )
        for place, found in packages.items()
        if place
    }
    return sorted(pins, key=lambda pin: (pin.name, pin.version))
