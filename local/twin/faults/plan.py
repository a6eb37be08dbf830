"""The plan of faults: what a script tells, what a seed draws, and outages."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from local.twin.faults.aim import Aim, possible
from local.twin.faults.kinds import KNOWN, Act, Fault

if TYPE_CHECKING:
    from local.twin.chain import Exchange

# Where two answers are documented or seen, the seed decides.
_RETRY_AFTER_S = 11
_LATEST_MS = 10_000
_DOWN = ("502", "503", "504", "521", "523", "524", "refused")


@dataclass(slots=True)
class Script:
    """A fault for the next `times` calls that `aim` takes (None: for all of them).

    `start` and `end` (epoch ms of the twin's clock, end excluded) bound it in time; the first
    `skip` calls go through.
    """

    fault: Fault
    aim: Aim = field(default_factory=Aim)
    times: int | None = 1
    skip: int = 0
    start: int = 0
    end: int | None = None
    met: int = 0

    def takes(self, exchange: Exchange, now: int) -> bool:
        """Tell whether this call is to fail, and count it."""
        ended = self.end is not None and now >= self.end
        spent = self.times is not None and self.met >= self.times
        if now < self.start or ended or spent or not self.aim.takes(exchange):
            return False
        if not possible(self.fault, exchange):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.met += 1
        return True


@dataclass(slots=True)
class Faults:
    """All that is to go wrong. `rates` are chances by name, from 0 to 1, one draw a call.

    The draw depends on the seed, the endpoint and how many calls it has had: the same calls meet
    the same faults, however calls to different endpoints interleave.
    """

    scripts: list[Script] = field(default_factory=list)
    seed: int = 0
    rates: dict[str, float] = field(default_factory=dict)
    aim: Aim = field(default_factory=Aim)
    start: int = 0
    end: int | None = None
    calls: Counter[str] = field(default_factory=Counter)
    # From and until when (epoch ms) nothing works, webhooks neither.
    outages: list[tuple[int, int]] = field(default_factory=list)

    def draw_from(self, seed: int, rates: dict[str, float]) -> None:
        """Begin to draw faults at random; ValueError for an unknown name or bad chances."""
        unknown = set(rates) - set(KNOWN)
        if unknown:
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}")
        if any(rate < 0 for rate in rates.values()) or sum(rates.values()) > 1:
            raise ValueError("chances are from 0 to 1, and at most 1 together")
        self.seed, self.rates = seed, dict(sorted(rates.items()))
        self.calls.clear()

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.scripts.clear()
        self.rates, self.aim, self.start, self.end = {}, Aim(), 0, None
        self.calls.clear()
        self.outages.clear()

    def is_out(self, now: int) -> bool:
        """Tell whether HubSpot is down altogether."""
        return any(start <= now < end for start, end in self.outages)

    def choose(self, exchange: Exchange, now: int) -> Fault | None:
        """Return what this call meets: an outage, a script, chance, in this order."""
        if self.is_out(now):
            _, spread = self._numbers(exchange)
            return _varied(KNOWN[_DOWN[int(spread * len(_DOWN))]], spread)
        for script in self.scripts:
            if script.takes(exchange, now):
                return script.fault
        bounded = now >= self.start and (self.end is None or now < self.end)
        if not self.rates or not bounded or not self.aim.takes(exchange):
            return None
        return self._drawn(exchange)

    def _drawn(self, exchange: Exchange) -> Fault | None:
        chance, spread = self._numbers(exchange)
        for kind, rate in self.rates.items():
            chance -= rate
            if chance < 0:
                fault = _varied(KNOWN[kind], spread)
                return fault if possible(fault, exchange) else None
        return None

    def _numbers(self, exchange: Exchange) -> tuple[float, float]:
        """Return two numbers from 0 to 1 that the seed has for this call."""
        name = exchange.operation.name
        self.calls[name] += 1
        told = hashlib.blake2b(f"{self.seed} {name} {self.calls[name]}".encode()).digest()
        first, second = (int.from_bytes(told[i : i + 8], "big") / 2**64 for i in (0, 8))
        return first, second


def _varied(fault: Fault, spread: float) -> Fault:
    """Let what HubSpot does now this way, now that, vary by a number from 0 to 1."""
    half = spread < 0.5  # noqa: PLR2004 - every second one
    if fault.act is Act.LIMIT:
        return replace(fault, retry_after=_RETRY_AFTER_S if half else None)
    if fault.act is Act.SLOW:
        return replace(fault, delay_ms=round(spread * _LATEST_MS))
    if fault.sent:
        return replace(fault, sent=spread)
    if fault.act is Act.PARTIAL:
        return replace(fault, share=spread)
    if fault.name == "migrating":
        return replace(fault, retry_after=_RETRY_AFTER_S if half else None)
    return replace(fault, page=half) if fault.status in {502, 504, 521, 523, 524} else fault
