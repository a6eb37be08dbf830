"""The bill of materials of a release: one CycloneDX file for each lock (`make sbom`).

CycloneDX's own command reads Python's locks, npm's reads its lock. Neither file holds a time or a
random number, so that the same locks always give the same bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.supply.licences import STATED, installed
from local.supply.locks import PYTHON, ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = ROOT / ".local" / "sbom"

_PROJECT = ROOT / "pyproject.toml"
_PYTHON_TOOL = (
    *(str(Path(sys.executable).with_name("cyclonedx-py")), "requirements"),
    *("--pyproject", str(_PROJECT), "--output-reproducible", "--spec-version", "1.6"),
    "--no-validate",  # it is not finished yet; a test validates what is
)
_NODE_TOOL = ("npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only")


def main() -> int:
    """Write the files and print where they are."""
    for path in write(FOLDER):
        print(path.relative_to(ROOT))
    return 0


def write(folder: Path) -> list[Path]:
    """Write a file for each lock into a folder; raises `CalledProcessError` if a tool fails."""
    folder.mkdir(parents=True, exist_ok=True)
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    bills = {name: python_bill(name, lock) for name, lock in PYTHON.items()}
    bills["node"] = node_bill(project["name"])
    written = []
    for name, bill in bills.items():
        path = folder / f"{project['name']}-{project['version']}-{name}.cdx.json"
        path.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        written.append(path)
    return written


def python_bill(environment: str, lock: Path) -> dict[str, Any]:
    """Return what a Python lock pins; the licences, which no lock names, are the installed ones."""
    bill = _output((*_PYTHON_TOOL, str(lock)))
    licences = STATED | installed(environment)
    for component in bill["components"]:
        component["licenses"] = [{"expression": licences[component["name"]]}]
    return bill


def node_bill(project: str) -> dict[str, Any]:
    """Return what npm's lock pins, named as the project and not as the folder it stands in."""
    bill = _output(_NODE_TOOL)
    del bill["serialNumber"], bill["metadata"]["timestamp"]
    bill["metadata"]["component"]["name"] = project
    return bill


def _output(command: Sequence[str]) -> dict[str, Any]:
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}  # a lock says nothing of who needs whom
    done = subprocess.run(
        command, cwd=ROOT, env=quiet, check=True, stdout=subprocess.PIPE, timeout=120
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
