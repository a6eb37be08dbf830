"""Programs that the run starts: each in its own group, logged to a file, stopped as a group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

GRACE_SECONDS = 1.0
"""Long enough to end cleanly; what runs here holds no state worth waiting for."""


class StartError(Exception):
    """A program ended, or did not become ready, instead of serving."""


@dataclass(slots=True)
class Service:
    """One running program with all its children, and the file that holds what it printed."""

    name: str
    process: subprocess.Popen[Any]
    log: Path

    def wait_ready(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until `ready()` holds; raise StartError with the log's end if it does not."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise StartError(f"{self.name} ended at once:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self.name} is not ready after {seconds} s:\n{self.log_tail()}")
            time.sleep(0.05)

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that the program printed."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def stop(self) -> None:
        """End the program and every child it started; return when it is gone."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        """Signal the group, whose id is the program's own: it was started as its leader."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start(
    name: str, command: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path
) -> Service:
    """Start `command` as the leader of a new process group, its output going to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    return Service(name, process, log)


def run(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    listen: Callable[[str], None] | None = None,
) -> int:
    """Run `command` to its end, each line to `log` and to `listen`; return its exit code.

    Interrupted, it stops the program with its children before the interrupt goes on.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                out.write(line)
                if listen is not None:
                    listen(line)
        except BaseException:
            Service(command[0], process, log).stop()
            raise
    return process.returncode


def plain_environment() -> dict[str, str]:
    """Return the person's environment without what would lead a child to another AWS or Python.

    Profiles, keys and endpoints of the person's own AWS accounts must not reach the local run, and
    loopback addresses must not go through a proxy. `CDK_VALIDATION=false` may come from outside: it
    leaves cdk-nag out, which takes most of a synth's time.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CDK_", "PYTHON")) or name == "CDK_VALIDATION"
    }
    no_proxy = ",".join(filter(None, (kept.get("NO_PROXY"), "127.0.0.1,localhost")))
    return kept | {"NO_PROXY": no_proxy, "no_proxy": no_proxy}


def interrupt_once() -> None:
    """Let SIGTERM end this program as Ctrl-C does, and let a second one not disturb the stopping.

    Stopping takes a few seconds at most; broken off, it would leave programs behind.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
