"""The real CDK CLI, pointed at the emulator: bootstrap, and deploy of every stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local import paths, processes
from local.emulator import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from local.emulator import Endpoint

DEPLOYED_MARK = "✅"
"""The CLI prints it, with the stack's name, when a stack stands."""

StackOutputs = dict[str, str]
"""The outputs of all stacks together; a test of the stacks holds their names apart."""


class DeployError(Exception):
    """The CDK CLI failed; the message holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Cdk:
    """The CLI with a home, an output folder and a log of its own, so that runs never share any.

    Its home matters: the CLI remembers there which account a key belongs to, and `test` must never
    be remembered for a person's real account.
    """

    endpoint: Endpoint
    state: Path
    settings: Path

    @property
    def output(self) -> Path:
        """The folder with the synthesized templates."""
        return self.state / "cdk.out"

    def bootstrap(self) -> None:
        """Put the CDK toolkit stack into the emulator's account.

        It runs outside the clone: where the CLI sees an app, it synthesizes it first.
        """
        self._run("bootstrap", [f"aws://{ACCOUNT}/{REGION}"], self.state)

    def deploy(self, deployed: Callable[[str], None]) -> StackOutputs:
        """Deploy every stack and return their outputs; `deployed` hears each stack's name."""
        outputs = self.state / "stack-outputs.json"
        arguments = ["--all", "--parameters", "Where=emulator", "--require-approval", "never"]
        arguments += ["--app", f"{paths.PROJECT_PYTHON} app.py", "--output", str(self.output)]
        arguments += ["--context", f"settings={self.settings}", "--outputs-file", str(outputs)]

        def listen(line: str) -> None:
            if DEPLOYED_MARK in line:
                deployed(line.split(DEPLOYED_MARK)[1].split(maxsplit=1)[0])

        self._run("deploy", arguments, paths.ROOT, listen)
        found: dict[str, StackOutputs] = json.loads(outputs.read_text(encoding="utf-8"))
        return {name: value for stack in found.values() for name, value in stack.items()}

    def templates(self) -> dict[str, dict[str, Any]]:
        """Return every stack's synthesized template by the stack's name."""
        return {
            file.name.removesuffix(".template.json"): json.loads(file.read_text(encoding="utf-8"))
            for file in sorted(self.output.glob("*.template.json"))
        }

    def _run(
        self,
        verb: str,
        arguments: Sequence[str],
        folder: Path,
        listen: Callable[[str], None] | None = None,
    ) -> None:
        command = [str(paths.CDK), verb, *arguments]
        command += ["--no-notices", "--no-color", "--no-version-reporting"]
        log = self.state / "logs" / f"cdk-{verb}.log"
        env = self._environment()
        if processes.run(command, log=log, env=env, cwd=folder, listen=listen) != 0:
            end = "\n".join(log.read_text(encoding="utf-8").splitlines()[-40:])
            raise DeployError(f"cdk {verb} failed ({log}):\n{end}")

    def _environment(self) -> Mapping[str, str]:
        own = {
            "CDK_HOME": str(self.state / "cdk-home"),
            "CDK_DISABLE_VERSION_CHECK": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        }
        return processes.plain_environment() | self.endpoint.environment() | own
