"""`make demo`: start, place a day of orders, wait for HubSpot, compare, report, stop."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import requests

from countersign import Client, CountersignError
from local import paths
from local.cdk import DeployError
from local.demo.caller import vended_caller
from local.demo.compare import Difference, differences
from local.demo.day import make_day
from local.demo.expected import customers_by_person, expected_in_api, expected_in_hubspot
from local.demo.placing import Placed, place_day
from local.demo.report import Report
from local.demo.seen import LISTING, TIMEOUT, seen_in_api, seen_in_hubspot
from local.ports import PortBusyError, free_ports
from local.processes import StartError, interrupt_once
from local.progress import Progress
from local.system import System, running

if TYPE_CHECKING:
    from countersign.flavours import Flavour
    from local.demo.compare import Records
    from local.demo.day import Day

REPORT = paths.STATE / "demo-report.json"
PATIENCE = 120.0
"""Seconds that HubSpot may take to agree before the rest counts as drift."""


def main() -> int:
    """Run the demo; 0 when everything adds up, 1 when it does not or did not start."""
    interrupt_once()
    progress, state = Progress(), paths.STATE / f"demo-{os.getpid()}"
    try:
        with running(state, free_ports(), progress) as system:
            report = demonstrate(system, make_day(), progress)
    except (PortBusyError, StartError, DeployError, CountersignError) as error:
        progress.say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopped.")
        return 1
    report.write(REPORT)
    progress.say(f"\n{report.text()}")
    progress.say(f"The whole report: {os.path.relpath(REPORT)}")
    if not report.adds_up:
        progress.say(f"Logs: {os.path.relpath(state)}/logs")
        return 1
    shutil.rmtree(state, ignore_errors=True)
    return 0


def demonstrate(system: System, day: Day, progress: Progress) -> Report:
    """Place the day in a running system and return what came of it."""
    with progress.step("making a key that vends"):
        caller = vended_caller(system)
    with progress.step(f"placing {len(day.orders)} orders"):
        placed = place_day(system.target(), day, caller)
    with progress.step("waiting for HubSpot to show them"):
        lag, drift = _settle(system, day, placed)
    with progress.step("comparing with the API"):
        drift = _api_differences(system, caller, day, placed) + drift
        objects = _counted(seen_in_hubspot(system.portal))
    stats = requests.get(f"{system.portal.url}/_twin/stats", timeout=TIMEOUT).json()
    return Report(
        products=len(day.products),
        orders_accepted=len(placed.orders),
        orders_refused=placed.refused,
        surprises=placed.surprises,
        hubspot_objects=objects,
        hubspot_calls={k: n for k, n in stats["calls"].items() if k != LISTING},
        responses_429=stats["total_429"],
        lag_seconds=lag,
        drift=drift,
        seconds=progress.seconds,
    )


def _settle(system: System, day: Day, placed: Placed) -> tuple[float, list[Difference]]:
    """Compare with HubSpot until nothing differs; return how long that took and what is left."""
    started = time.monotonic()
    expected = expected_in_hubspot(day, placed)
    while True:
        drift = differences(expected, seen_in_hubspot(system.portal))
        waited = time.monotonic() - started
        if not drift or waited > PATIENCE:
            return round(waited, 1), drift
        time.sleep(1)


def _api_differences(system: System, caller: Flavour, day: Day, placed: Placed) -> list[Difference]:
    orders = [answer["id"] for answer in placed.orders.values()]
    with Client(system.target(), flavour=caller) as client:
        found = seen_in_api(client, (p.sku for p in day.products), orders)
    for person, customers in customers_by_person(day, placed).items():
        found["person", person] = {"customers": len(customers)}
    return differences(expected_in_api(day, placed), found)


def _counted(records: Records) -> dict[str, int]:
    kinds = [kind for kind, _ in records]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


if __name__ == "__main__":
    sys.exit(main())
