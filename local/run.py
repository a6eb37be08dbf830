"""`make run`: the whole system until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from countersign import CountersignError
from infra.emulator import DIFFERENCES, NOT_SHOWN
from local import paths
from local.cdk import DeployError
from local.ports import PortBusyError, Ports
from local.processes import StartError, interrupt_once
from local.progress import Progress
from local.provision import SKU, put_first_product
from local.system import System, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.processes import Service

OUTPUTS = paths.STATE / "outputs.json"

WELCOME = """
Countersign is running. Ctrl-C stops it.

  signed door    {outputs.signed_url}/v1/…
  HubSpot door   {outputs.hubspot_url}/v1/…
  HubSpot twin   {outputs.hubspot_twin_url}   (open it in a browser)
  AWS emulator   {outputs.aws_endpoint_url}   region {outputs.region}
  outputs        {outputs_file}
  logs           {logs}

What differs from production (infra/emulator.py):
{differences}

Place an order with one signed call, then look at the twin a few seconds later:

  {call}
"""

CALL = (
    "{python} -m countersign call POST /v1/orders --outputs {outputs_file} -d "
    '\'{{"currency":"GBP","customer":{{"email":"ada@example.com"}},'
    '"lines":[{{"sku":"{sku}","quantity":2}}]}}\''
)


def main() -> int:
    """Start, print, wait; return 0 after Ctrl-C or SIGTERM, 1 when something did not start."""
    interrupt_once()
    ports = Ports(
        emulator=int(os.environ.get("EMULATOR_PORT") or Ports().emulator),
        twin=int(os.environ.get("TWIN_PORT") or Ports().twin),
    )
    progress = Progress()
    started = time.monotonic()
    try:
        with running(paths.STATE / "run", ports, progress) as system, _published(system):
            with progress.step("putting a first product through the signed door"):
                put_first_product(system.target())
            progress.say(f"  ready after {time.monotonic() - started:.0f} s")
            progress.say(welcome(system))
            wait(system.services)
    except (PortBusyError, StartError, DeployError, CountersignError) as error:
        progress.say(f"\n{error}")
    except KeyboardInterrupt:
        progress.say("\nStopped.")
        return 0
    return 1


@contextmanager
def _published(system: System) -> Iterator[None]:
    """Have `.local/outputs.json` there for as long as what it names is running."""
    system.outputs.write(OUTPUTS)
    try:
        yield
    finally:
        OUTPUTS.unlink(missing_ok=True)


def welcome(system: System) -> str:
    """Return what is where, what differs, and the call to paste."""
    return WELCOME.format(
        outputs=system.outputs,
        outputs_file=_shown(OUTPUTS),
        logs=_shown(system.state / "logs"),
        differences=differences(),
        call=CALL.format(
            python=_shown(paths.PROJECT_PYTHON), outputs_file=_shown(OUTPUTS), sku=SKU
        ),
    )


def _shown(file: Path) -> str:
    """Return the path as one types it in the clone."""
    return os.path.relpath(file, paths.ROOT)


def differences() -> str:
    """Return one line for each thing in which this run differs from production."""
    return "\n".join(f"  - {one}" for one in (*DIFFERENCES, *NOT_SHOWN))


def wait(services: tuple[Service, ...]) -> None:
    """Wait until a program ends on its own and raise StartError; Ctrl-C leaves as an exception."""
    while all(service.process.poll() is None for service in services):
        time.sleep(0.5)
    ended = [s for s in services if s.process.poll() is not None]
    raise StartError("\n".join(f"{s.name} ended on its own:\n{s.log_tail()}" for s in ended))


if __name__ == "__main__":
    sys.exit(main())
