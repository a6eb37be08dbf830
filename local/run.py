"""`make run`: the whole system until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from countersign import CountersignError
from infra.emulator import DIFFERENCES, NOT_SHOWN
from local import paths
from local.cdk import DeployError
from local.ports import PortBusyError, Ports
from local.processes import StartError, interrupt_once
from local.progress import Progress
from local.provision import SKU, hear_changes, make_first_key, put_first_product
from local.system import System, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.processes import Service

OUTPUTS = paths.STATE / "outputs.json"
API_KEY = paths.STATE / "api-key"

WELCOME = """
Countersign is running. Ctrl-C stops it.

  signed door    {outputs.signed_url}/v1/…
  token door     {outputs.token_url}/v1/…
  HubSpot door   {outputs.hubspot_url}/v1/…
  HubSpot twin   {outputs.hubspot_twin_url}   (open it in a browser)
  AWS emulator   {outputs.aws_endpoint_url}   region {outputs.region}
  outputs        {outputs_file}
  first API key  {api_key_file}   (may do everything; gone when the run ends)
  logs           {logs}

What differs from production (infra/emulator.py):
{differences}

Place an order with one signed call, then look at the twin a few seconds later:

  {call}

Move its stage in the twin, and it moves here: the twin's webhooks come in at the HubSpot door.

Read the stock at the token door, with the API key alone:

  {with_key}

Make a key that can do no more than vend sessions for reading stock (two proofs: a role and a key):

  {make_key}
"""

CALL = (
    "{python} -m countersign call POST /v1/orders --outputs {outputs_file} -d "
    '\'{{"currency":"GBP","customer":{{"email":"ada@example.com"}},'
    '"lines":[{{"sku":"{sku}","quantity":2}}]}}\''
)

WITH_KEY = (
    "curl --fail-with-body --cacert {authority} "
    '-H "X-API-Key: $(cat {api_key_file})" {token_url}/v1/stock/{sku}'
)
MAKE_KEY = (
    "{python} -m countersign keys create stock --outputs {outputs_file} --role-arn {operator} "
    "--api-key-file {api_key_file} --scope credentials:vend --vend stock:read"
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
            with progress.step("letting the portal's webhooks in"):
                hear_changes(system.portal, system.outputs)
            with progress.step("making the first API key"):
                make_first_key(system.endpoint.session(), system.outputs, API_KEY)
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
    """Have `.local/outputs.json` and the key there for as long as what they open is running."""
    system.outputs.write(OUTPUTS)
    try:
        yield
    finally:
        OUTPUTS.unlink(missing_ok=True)
        API_KEY.unlink(missing_ok=True)


def welcome(system: System) -> str:
    """Return what is where, what differs, and the calls to paste."""
    found = system.outputs
    named = {
        "python": _shown(paths.PROJECT_PYTHON),
        "outputs_file": _shown(OUTPUTS),
        "api_key_file": _shown(API_KEY),
        "authority": _shown(Path(found.aws_ca_bundle)),
        "token_url": found.token_url,
        "operator": found.operator_role_arn,
        "sku": SKU,
    }
    return WELCOME.format(
        **named,
        outputs=found,
        logs=_shown(system.state / "logs"),
        differences=differences(),
        call=CALL.format(**named),
        with_key=WITH_KEY.format(**named),
        make_key=MAKE_KEY.format(**named),
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
