"""Starts MiniStack inside its own environment; nothing of the project is imported here.

Three things of it are changed before it serves. Python functions run in an environment that holds
only boto3, as in Lambda, so a package that a bundle lacks is missing here too. It listens on its
one port only: with TLS it would also take 443 where it can. And a batch of SQS is authorized as on
AWS, by the right to the single action (Amazon SQS, "API permissions"): the batch actions that
MiniStack asks for do not exist in IAM.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Run MiniStack in the foreground with the interpreter for functions named by LAMBDA_PYTHON."""
    emulator = importlib.import_module("ministack.app")
    vars(emulator)["_port_is_bindable"] = lambda *_: False
    rights = vars(importlib.import_module("ministack.core.iam_actions"))
    rights["extract_iam_action"] = _without_batches(rights["extract_iam_action"])
    sys.executable = os.environ["LAMBDA_PYTHON"]
    emulator.main()


def _without_batches(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    def action(*request: Any) -> str | None:
        found = extract(*request)
        return found.removesuffix("Batch") if found and found.startswith("sqs:") else found

    return action


main()
