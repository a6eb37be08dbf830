"""Errors by their status, for tests that care for nothing else of a fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local.twin.faults.aim import Aim
from local.twin.faults.kinds import KNOWN, Act, Fault
from local.twin.faults.plan import Script

if TYPE_CHECKING:
    from local.twin.twin import Twin


def script(twin: Twin, path: str, *, status: int, applied: bool = False, times: int = 1) -> Script:
    """Let the next calls to `path` fail with a status; return the script, which counts them.

    `applied`: the call is carried out all the same. There is no Retry-After.
    """
    unnamed = Fault(str(status), Act.ERROR, status)
    fault = next((fault for fault in KNOWN.values() if fault.status == status), unnamed)
    made = Script(replace(fault, applied=applied, retry_after=None), Aim(path), times)
    twin.faults.scripts.append(made)
    return made


class Refuses:
    """Refuses, as HubSpot does, every batch with an input that names `key` and holds `text`."""

    def __init__(self, twin: Twin, key: str, text: str) -> None:
        """Add it to a twin."""
        self._twin, self._key, self._text = twin, key, text
        twin.layers.append(self.layer)

    def mend(self) -> None:
        """Cure the cause: refuse no more."""
        self._twin.layers.remove(self.layer)

    async def layer(self, exchange: Any, proceed: Any) -> Any:
        """Spoil the price of the input, so that the twin's own rules refuse the batch."""
        raw = exchange.raw.decode()
        if "batch/u" in exchange.url_path and self._key in raw:
            inputs = raw.split('{"id": ')
            spoiled = [
                part.replace('"price": "', '"price": "x') if self._applies(part) else part
                for part in inputs
            ]
            exchange.raw = '{"id": '.join(spoiled).encode()
        return await proceed(exchange)

    def _applies(self, part: str) -> bool:
        return self._key in part and self._text in part


def refuse(twin: Twin, key: str, text: str = '"price"') -> Refuses:
    """Let the twin refuse a record until that is mended."""
    return Refuses(twin, key, text)
