"""The deployed system in real time: HubSpot fails at random and is away for two minutes."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
import requests

from local.demo.caller import vended_caller
from local.demo.compare import differences
from local.demo.day import make_day
from local.demo.expected import expected_in_hubspot
from local.demo.placing import place_day
from local.demo.seen import seen_in_hubspot
from local.ports import free_ports
from local.progress import Progress
from local.system import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OUTAGE_SECONDS = 120
PATIENCE_SECONDS = 1_200
RATES = {
    "503": 0.04,
    "504_applied": 0.04,
    "lost_reply": 0.03,
    "cut": 0.03,
    "conflict": 0.03,
    "partial": 0.03,
    "locked": 0.02,
    "ten_secondly": 0.01,
    "timeout_applied": 0.01,
}


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.skipif(os.environ.get("PROOF") != "1", reason="takes real minutes: make proof")
def test_a_day_is_in_step_after_faults_and_an_outage(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """A quarter of all calls fail and nothing works for two minutes: both sides agree after it."""
    with running(tmp_path / "state", free_ports(), Progress()) as system:
        day, caller, url = make_day(), vended_caller(system), system.portal.url
        drawn = {"seed": 1, "rates": RATES, "endpoint": "/batch/"}
        requests.put(f"{url}/_twin/faults/random", json=drawn, timeout=10).raise_for_status()
        outage = {"for_ms": 1_000 * OUTAGE_SECONDS}
        requests.post(f"{url}/_twin/faults/outage", json=outage, timeout=10).raise_for_status()
        begun = time.monotonic()
        placed = place_day(system.target(), day, caller)
        expected = expected_in_hubspot(day, placed)
        time.sleep(max(begun + OUTAGE_SECONDS + 1 - time.monotonic(), 0))
        left = differences(expected, seen_in_hubspot(system.portal))
        while left and time.monotonic() - begun < PATIENCE_SECONDS:
            time.sleep(2)
            left = differences(expected, seen_in_hubspot(system.portal))
        stats = requests.get(f"{url}/_twin/stats", timeout=10).json()
        took = time.monotonic() - begun - OUTAGE_SECONDS
        record_property(
            "figures",
            f"{len(placed.orders)} orders, {sum(stats['faults'].values())} faults of "
            f"{len(stats['faults'])} kinds, in step {took:.0f} s after the outage, "
            f"earned 429s {stats['earned_429']}",
        )
        assert left == []
        assert placed.surprises == []
