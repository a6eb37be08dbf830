"""python -m local.twin: serves on loopback, records, stops on a signal, imports nothing of ours."""

from __future__ import annotations

import ast
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from local.twin.twin import Twin
from tests.support.hubspot_specs import SpecChecker, require_specs
from tests.support.running_twin import RunningTwin

ROOT = Path(__file__).resolve().parents[2]
KEY = "pat-na1-99999999-0000-0000-0000-000000000000"


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def start(port: int, *options: str) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.twin", "--port", str(port), *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_and_records(tmp_path: Path) -> None:
    """Its options hold, its traffic conforms, and an interrupt ends it cleanly."""
    record, port = tmp_path / "traffic.jsonl", free_port()
    options = ["--token", KEY, "--portal", "42", "--tier", "free", "--record", str(record)]
    process = start(port, *options)
    running = RunningTwin(Twin(), f"http://127.0.0.1:{port}", KEY)
    try:
        for _ in range(200):
            try:
                health = running.call("GET", "/_twin/health")
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        assert health.body["portals"] == [42]
        details = running.call("GET", "/account-info/2026-09/details", token=KEY)
        assert details.body["portalId"] == 42
        assert details.headers["x-hubspot-ratelimit-max"] == "100"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode in {0, -signal.SIGINT, 130}
    (line,) = record.read_text().splitlines()
    assert KEY not in line
    assert SpecChecker(require_specs()).check(json.loads(line)) == []


def test_a_busy_port_is_named() -> None:
    """No stack trace, and not exit 0."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        process = start(port)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert str(port) in errors
    assert "Traceback" not in errors


def test_the_twin_imports_nothing_of_the_functions() -> None:
    """A stand-in that shares code with what it stands against proves nothing."""
    allowed = {"starlette", "uvicorn", "jinja2", *sys.stdlib_module_names}
    wrong = []
    for file in (ROOT / "local" / "twin").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [
                f"{file.name}: {n}"
                for n in names
                if not n.startswith("local.twin") and n.split(".")[0] not in allowed
            ]
    assert wrong == []
