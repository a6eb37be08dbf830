"""A port that is taken is named, whoever holds it."""

from __future__ import annotations

import os
import socket
import subprocess

import pytest

from local import paths
from local.ports import LOOPBACK, PortBusyError, Ports, free_ports


def test_a_busy_port_is_named_with_the_way_out() -> None:
    """The sentence says which port, what for, and how to choose another."""
    free = free_ports()
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        busy = holder.getsockname()[1]
        with pytest.raises(PortBusyError, match=rf"Port {busy} .*TWIN_PORT=") as refused:
            Ports(free.emulator, busy).check()
    assert "HubSpot twin" in str(refused.value)


def test_free_ports_pass() -> None:
    """Two ports that nobody holds are no reason to stop."""
    free_ports().check()


def test_make_run_says_so_instead_of_a_stack_trace() -> None:
    """Whoever types `make run` twice reads one sentence and gets exit code 1."""
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        busy = str(holder.getsockname()[1])
        done = subprocess.run(
            [str(paths.PROJECT_PYTHON), "-m", "local.run"],
            env=os.environ | {"EMULATOR_PORT": busy, "TWIN_PORT": str(free_ports().twin)},
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {busy} (the AWS emulator)" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
