"""Errors by their status, for tests that care for nothing else of a fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from local.twin.faults.aim import Aim
from local.twin.faults.kinds import KNOWN
from local.twin.faults.plan import Script

if TYPE_CHECKING:
    from local.twin.twin import Twin


def script(twin: Twin, path: str, *, status: int, applied: bool = False, times: int = 1) -> Script:
    """Let the next calls to `path` fail with a status; return the script, which counts them.

    `applied`: the call is carried out all the same. There is no Retry-After.
    """
    fault = next(fault for fault in KNOWN.values() if fault.status == status)
    made = Script(replace(fault, applied=applied, retry_after=None), Aim(path), times)
    twin.faults.scripts.append(made)
    return made
