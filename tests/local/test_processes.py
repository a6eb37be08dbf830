"""Programs that the run starts: what is started is stopped, with all of its children."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from local import processes, run
from local.processes import Service, StartError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def started(code: str, tmp_path: Path) -> Iterator[Service]:
    """Start a Python program."""
    command = [sys.executable, "-c", code]
    service = processes.start("It", command, log=tmp_path / "log", env=os.environ, cwd=tmp_path)
    yield service
    service.stop()


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits to be read does not."""
    asked = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


def test_stopping_a_program_stops_its_children(tmp_path: Path) -> None:
    """A worker of the emulator does not outlive the run."""
    with started(PARENT, tmp_path) as service:
        service.wait_ready(lambda: bool(service.log.read_text().strip()))
        child = int(service.log.read_text())
        assert alive(child)
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def test_a_program_that_ends_at_once_says_why(tmp_path: Path) -> None:
    """The person reads what the program printed, not that a port did not answer."""
    with (
        started("raise SystemExit('no such option')", tmp_path) as service,
        pytest.raises(StartError, match="It ended at once:\nno such option"),
    ):
        service.wait_ready(lambda: False)


def test_a_program_that_never_serves_is_given_up(tmp_path: Path) -> None:
    """A run that hangs ends with a reason."""
    with (
        started("import time; time.sleep(60)", tmp_path) as service,
        pytest.raises(StartError, match="It is not ready after"),
    ):
        service.wait_ready(lambda: False, seconds=0.3)


def test_a_program_that_dies_later_ends_the_run(tmp_path: Path) -> None:
    """Nobody is left looking at a prompt whose emulator is gone."""
    with (
        started("print('out of memory')", tmp_path) as service,
        pytest.raises(StartError, match="It ended on its own:\nout of memory"),
    ):
        run.wait((service,))


def test_a_command_is_heard_line_by_line(tmp_path: Path) -> None:
    """Progress is shown while the command works, and its log is whole."""
    heard: list[str] = []
    command = [sys.executable, "-c", "print('one'); print('two'); raise SystemExit(3)"]
    code = processes.run(
        command, log=tmp_path / "log", env=os.environ, cwd=tmp_path, listen=heard.append
    )
    assert (code, heard) == (3, ["one\n", "two\n"])
    assert (tmp_path / "log").read_text() == "one\ntwo\n"


def test_a_persons_own_account_does_not_reach_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles, keys and endpoints stay outside; loopback stays off proxies."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "CDK_DEFAULT_ACCOUNT", "PYTHONPATH"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("NO_PROXY", "intranet")
    found = processes.plain_environment()
    assert "mine" not in found.values()
    assert found["NO_PROXY"] == found["no_proxy"] == "intranet,127.0.0.1,localhost"
