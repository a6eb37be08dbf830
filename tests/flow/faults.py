"""Faults for the twin: a layer that meets chosen calls with something else than the answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twin.call import Answer
from local.twin.limits import Refusal
from local.twin.problems import Problem

if TYPE_CHECKING:
    from local.twin.chain import Exchange, Proceed
    from local.twin.twin import Twin

TOO_MANY = 429


@dataclass
class Script:
    """Meets the next `times` calls whose path ends with `path`.

    `status` answers with an error, after the call was carried out when it is `applied`; `delay`
    (seconds) keeps the answer back. `policy` names the limit of a 429.
    """

    path: str
    status: int = 0
    applied: bool = False
    delay: float = 0
    times: int = 1
    policy: str = "TEN_SECONDLY_ROLLING"
    met: int = 0

    async def __call__(self, exchange: Exchange, proceed: Proceed) -> Answer:
        """Answer, or let the call proceed."""
        if not exchange.url_path.endswith(self.path) or self.met >= self.times:
            return await proceed(exchange)
        self.met += 1
        answer = await proceed(exchange) if self.applied or not self.status else Answer(204)
        await asyncio.sleep(self.delay)
        if self.status == TOO_MANY:
            return Refusal(self.policy, 1_000).answer(1, retry_after=False)
        return (
            Answer(self.status, Problem(self.status, "scripted").body()) if self.status else answer
        )


def script(twin: Twin, path: str, **told: object) -> Script:
    """Add a script to a twin and return it, to see how often it was met."""
    made = Script(path, **told)  # type: ignore[arg-type]
    twin.layers.append(made)
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
