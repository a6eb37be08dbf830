"""The whole system, up and down: what `make run`, `make demo` and the end-to-end tests share."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countersign import Target
from local import deployment, emulator, fixups, hubspot, provision
from local.cdk import Cdk
from local.outputs import Outputs, read_outputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local.emulator import Endpoint
    from local.hubspot import Portal
    from local.ports import Ports
    from local.processes import Service
    from local.progress import Progress


@dataclass(frozen=True, slots=True)
class System:
    """A running system: its outputs, the emulator's root access, the portal, its programs."""

    state: Path
    outputs: Outputs
    endpoint: Endpoint
    portal: Portal
    services: tuple[Service, ...]
    cdk: Cdk
    stack_outputs: dict[str, str]

    @property
    def outputs_file(self) -> Path:
        """The file that a client reads."""
        return self.state / "outputs.json"

    def target(self) -> Target:
        """Return the signed door as its registered caller sees it."""
        return Target.from_outputs(self.outputs_file)


@contextmanager
def running(
    state: Path, ports: Ports, progress: Progress, changes: Mapping[str, Any] | None = None
) -> Iterator[System]:
    """Start everything, deploy, provision; stop all that was started when the block ends.

    `state` is emptied first; runs with another folder and other ports do not touch each other.
    `changes` are this run's own deployment settings.
    """
    ports.check()
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    with ExitStack() as programs:
        with progress.step("starting the AWS emulator"):
            cloud, endpoint = emulator.start(ports.emulator, state)
            programs.callback(cloud.stop)
        with progress.step("starting the HubSpot twin"):
            twin, portal = hubspot.start(ports.twin, state)
            programs.callback(twin.stop)
        settings = deployment.write_settings(state, endpoint, portal, changes or {})
        yield _deployed(Cdk(endpoint, state, settings), portal, (cloud, twin), progress)


def _deployed(
    cdk: Cdk, portal: Portal, services: tuple[Service, ...], progress: Progress
) -> System:
    endpoint, session = cdk.endpoint, cdk.endpoint.session()
    with progress.step("cdk bootstrap"):
        cdk.bootstrap()
    with progress.step("cdk deploy"):
        stacks = cdk.deploy(progress.note)
    outputs = read_outputs(stacks, endpoint, portal.url, deployment.tenant())
    with progress.step("setting what the emulator leaves out"):
        fixups.apply(session, cdk.templates())
    with progress.step("preparing the HubSpot portal"):
        provision.store_secrets(session, stacks, portal)
        provision.prepare_portal(session, outputs)
    system = System(cdk.state, outputs, endpoint, portal, services, cdk, stacks)
    outputs.write(system.outputs_file)
    return system
