"""Known holes in what is locked (`make advisories`); not part of `make check`: it asks the network.

OSV is asked about Python's packages, npm's registry about Node's. Silence is not taken for safety:
a database out of reach, or a package that nobody looked at, fails as a hole does.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.supply.locks import NODE, PYTHON, ROOT, Pin, python_pins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OSV_URL = "https://api.osv.dev/v1/query"
_TIMEOUT_SECONDS = 600


class Unanswered(RuntimeError):
    """A database gave no usable answer; what it would have said is unknown."""


def main(osv_url: str = OSV_URL) -> int:
    """Print every hole and every question that stayed open; 0 if there is neither."""
    findings: list[str] = []
    for name, found in (("Python", python_findings(osv_url)), ("Node", node_findings())):
        try:
            findings.extend(found)
        except Unanswered as error:
            findings.append(f"{name}: not known, the database did not answer: {error}")
    print("\n".join(findings) or "advisories: none known")
    return bool(findings)


def python_findings(osv_url: str) -> Iterator[str]:
    """Yield what OSV knows of the Python locks, and what pip-audit left out."""
    pins = sorted({pin for lock in PYTHON.values() for pin in python_pins(lock)}, key=str)
    for batch in _one_version_each(pins):
        audited = _pip_audit(batch, osv_url)
        for found in audited:
            for hole in found["vulns"]:
                fixed = ", ".join(hole["fix_versions"]) or "no version"
                yield f"{found['name']} {found['version']}: {hole['id']}, mended in {fixed}"
        seen = {(found["name"], found.get("version")) for found in audited}
        for pin in batch:
            if (pin.name, pin.version) not in seen:
                yield f"{pin.name} {pin.version}: skipped, so nothing is known of it"


def _one_version_each(pins: Sequence[Pin]) -> Iterator[list[Pin]]:
    """Split pins so that no batch names a package twice, which a requirements file cannot."""
    rest = list(pins)
    while rest:
        batch = list({pin.name: pin for pin in rest}.values())
        yield batch
        rest = [pin for pin in rest if pin not in batch]


def _pip_audit(pins: Sequence[Pin], osv_url: str) -> list[dict[str, Any]]:
    """Ask about pins without their markers: what only Windows installs is looked at as well."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch, "requirements.txt")
        wanted.write_text("".join(f"{p.name}=={p.version}\n" for p in pins), encoding="utf-8")
        options = ("--no-deps", "--disable-pip", "--vulnerability-service=osv", "--strict")
        where = (f"--osv-url={osv_url}", f"--cache-dir={scratch}/cache", "--timeout=15")
        command = [sys.executable, "-m", "pip_audit", *options, *where, "--format=json"]
        answer = _answer([*command, "--progress-spinner=off", f"--requirement={wanted}"])
    found: list[dict[str, Any]] = answer["dependencies"]
    return found


def node_findings() -> Iterator[str]:
    """Yield what npm's registry knows of the Node lock; raises `Unanswered`."""
    answer = _answer(["npm", "audit", "--package-lock-only", "--json"])
    if "vulnerabilities" not in answer:
        raise Unanswered(answer.get("message") or answer.get("error") or "no report")
    for name, found in answer["vulnerabilities"].items():
        holes = [via["url"] for via in found["via"] if isinstance(via, dict)]
        yield f"{name} {found['range']}: {found['severity']} {' '.join(holes)}".rstrip()
    looked_at, locked = answer["metadata"]["dependencies"]["total"], len(_node_places())
    if looked_at != locked:
        yield f"npm looked at {looked_at} of {locked} packages"


def _node_places() -> list[str]:
    packages = json.loads(NODE.read_text(encoding="utf-8"))["packages"]
    return [place for place in packages if place]


def _answer(command: Sequence[str]) -> Any:
    """Return a tool's JSON; both exit with 1 also when they found something."""
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise Unanswered(_last_line(done.stderr)) from None


def _last_line(text: str) -> str:
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    return lines[-1].strip() if lines else "no output"


if __name__ == "__main__":
    sys.exit(main(os.environ.get("OSV_URL", OSV_URL)))
