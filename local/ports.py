"""Ports on the loopback interface: free ones, and a plain sentence for a busy one."""

from __future__ import annotations

import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


class PortBusyError(Exception):
    """Somebody else listens on a port that the run needs."""

    def __init__(self, port: int, purpose: str, variable: str) -> None:
        """Say which port, what it is for, and how to choose another."""
        super().__init__(
            f"Port {port} ({purpose}) is in use by another program. "
            f"Stop that program, or choose another port: make run {variable}=<port>"
        )


@dataclass(frozen=True, slots=True)
class Ports:
    """The two ports that a run listens on, both on 127.0.0.1 only."""

    emulator: int = 4566
    twin: int = 4577

    def check(self) -> None:
        """Raise PortBusyError for the first port that somebody already listens on."""
        for port, purpose, variable in (
            (self.emulator, "the AWS emulator", "EMULATOR_PORT"),
            (self.twin, "the HubSpot twin", "TWIN_PORT"),
        ):
            if not _bindable(port):
                raise PortBusyError(port, purpose, variable)


def free_ports() -> Ports:
    """Return two ports that nobody listens on now, for runs beside each other."""
    with socket.socket() as first, socket.socket() as second:
        first.bind((LOOPBACK, 0))
        second.bind((LOOPBACK, 0))
        return Ports(emulator=first.getsockname()[1], twin=second.getsockname()[1])


def _bindable(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
