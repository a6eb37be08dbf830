"""`make run` as a person lives with it: start, interrupt, start again, paste the call, stop."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests

from local import paths
from local.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.ports import Ports


class Run:
    """The verb, started with ports and a state folder of its own."""

    def __init__(self, state: Path, ports: Ports) -> None:
        """Start it."""
        self.log = state.with_suffix(".log")
        own = {"EMULATOR_PORT": str(ports.emulator), "TWIN_PORT": str(ports.twin)}
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [str(paths.PROJECT_PYTHON), "-m", "local.run"],
                env=os.environ | own | {"LOCAL_STATE": str(state)},
                cwd=paths.ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, text: str, seconds: float = 180) -> str:
        """Wait until it has printed this, and return all that it has printed."""
        deadline = time.monotonic() + seconds
        while text not in (printed := self.log.read_text()):
            assert self.process.poll() is None, printed
            assert time.monotonic() < deadline, printed
            time.sleep(0.1)
        return printed

    def end(self, number: signal.Signals) -> None:
        """Signal it twice, as the impatient do, and see it end in good order, soon."""
        self.process.send_signal(number)
        time.sleep(0.2)
        self.process.send_signal(number)
        assert self.process.wait(timeout=15) == 0, self.log.read_text()
        assert "Traceback" not in self.log.read_text()


@contextmanager
def running(state: Path, ports: Ports) -> Iterator[Run]:
    """Start the verb, and leave nothing running whatever happens to the test."""
    run = Run(state, ports)
    try:
        yield run
    finally:
        run.process.terminate()
        run.process.wait(timeout=15)


def left_over(state: Path) -> list[str]:
    """Return the programs that still work for the run in this folder."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(state) in line]


def test_run_is_interrupted_started_again_used_and_stopped(tmp_path: Path) -> None:
    """Whenever it is stopped, nothing stays behind; the printed call works when it is pasted."""
    state, ports = tmp_path / "local", free_ports()
    with running(state, ports) as first:
        first.wait_for("cdk deploy")
        first.end(signal.SIGINT)
    ports.check()
    assert left_over(state) == []

    with running(state, ports) as again:
        use(again, state)
        again.end(signal.SIGTERM)
    assert not (state / "outputs.json").exists()
    assert not (state / "api-key").exists()
    ports.check()
    assert left_over(state) == []


def use(run: Run, state: Path) -> None:
    """Wait until it is ready and do what it prints."""
    printed = run.wait_for("--vend stock:read")
    assert re.search(r"ready after \d+ s", printed)
    outputs = json.loads((state / "outputs.json").read_text())
    assert requests.get(outputs["hubspot_twin_url"], timeout=10).ok
    assert json.loads(paste(printed, "countersign call POST"))["state"] == "placed"
    assert json.loads(paste(printed, "X-API-Key"))["sku"] == "MUG-1"
    made = json.loads(paste(printed, "countersign keys create"))
    assert made["scopes"] == ["credentials:vend"]
    assert (state / "api-key").stat().st_mode & 0o777 == 0o600


def paste(printed: str, part: str) -> str:
    """Run the printed line that holds this, and return what it prints."""
    call = next(line for line in printed.splitlines() if part in line)
    return subprocess.run(
        ["bash", "-c", call], cwd=paths.ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
