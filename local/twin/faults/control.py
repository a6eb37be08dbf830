"""/_twin/faults, /_twin/rules, /_twin/neighbours: what is to go wrong, told over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.twin.control_endpoint import Refused, kind_of, portal_of
from local.twin.faults.aim import Aim
from local.twin.faults.kinds import KNOWN, named
from local.twin.faults.plan import Script
from local.twin.neighbours import Neighbour
from local.twin.rules import Rule

if TYPE_CHECKING:
    from starlette.requests import Request

    from local.twin.control_endpoint import Table
    from local.twin.twin import Twin

_SCRIPT = {"fault", "endpoint", "body", "times", "skip", "start", "end", "for_ms", "options"}


def table() -> Table:
    """Return the endpoints."""
    return [
        ("GET", "/_twin/faults", show),
        ("POST", "/_twin/faults", script),
        ("PUT", "/_twin/faults/random", draw),
        ("POST", "/_twin/faults/outage", outage),
        ("DELETE", "/_twin/faults", clear),
        ("POST", "/_twin/rules", add_rule),
        ("DELETE", "/_twin/rules", drop_rules),
        ("PUT", "/_twin/neighbours", set_neighbours),
        ("GET", "/_twin/neighbours", neighbours),
    ]


def show(twin: Twin, _request: Request, _body: Any) -> Any:
    """Return the plan: scripts with how often each was met, seed and chances."""
    faults = twin.faults
    return {
        "known": list(KNOWN),
        "scripts": [{"fault": s.fault.name, "met": s.met} for s in faults.scripts],
        "seed": faults.seed,
        "rates": faults.rates,
        "outages": faults.outages,
    }


def _window(twin: Twin, body: dict[str, Any]) -> tuple[int, int | None]:
    """Read start and end (epoch ms), or for_ms from now on."""
    start = int(body.get("start", 0))
    if "for_ms" in body:
        start = max(start, twin.clock.now())
        return start, start + int(body["for_ms"])
    return start, int(body["end"]) if body.get("end") is not None else None


def script(twin: Twin, request: Request, body: Any) -> Any:
    """Plan a fault: fault, and optionally endpoint, body, times, skip, start, end or for_ms.

    `times` null: for as long as the window lasts; without a window and times, the next call only.
    """
    unknown = set(body) - _SCRIPT
    if unknown:
        raise Refused(f"no such field: {', '.join(sorted(unknown))}")
    start, end = _window(twin, body)
    times = body.get("times", 1 if end is None else None)
    fault = named(body["fault"], body.get("options"))
    aim = Aim(body.get("endpoint", ""), body.get("body", ""))
    skip = int(body.get("skip", 0))
    twin.faults.scripts.append(Script(fault, aim, times, skip, start, end))
    return show(twin, request, body)


def draw(twin: Twin, request: Request, body: Any) -> Any:
    """Draw at random: seed, rates by fault, and optionally endpoint, start, end or for_ms."""
    twin.faults.draw_from(int(body["seed"]), dict(body["rates"]))
    twin.faults.aim = Aim(body.get("endpoint", ""))
    twin.faults.start, twin.faults.end = _window(twin, body)
    return show(twin, request, body)


def outage(twin: Twin, request: Request, body: Any) -> Any:
    """Let nothing work from start to end, or for_ms from now on; webhooks wait too."""
    start, end = _window(twin, body)
    if end is None:
        raise Refused("an outage has an end")
    twin.faults.outages.append((start, end))
    return show(twin, request, body)


def clear(twin: Twin, request: Request, body: Any) -> Any:
    """Let nothing go wrong any more."""
    twin.faults.clear()
    return show(twin, request, body)


def add_rule(twin: Twin, request: Request, body: Any) -> Any:
    """Set an admin's rule, or a poison: type, property, pattern, refuses, whole, versions."""
    re.compile(body["pattern"])
    versions = tuple(body.get("versions", ("2026-09",)))
    refuses, whole = bool(body.get("refuses")), bool(body.get("whole"))
    kind = kind_of(body["type"])
    rule = Rule(kind.type_id, body["property"], body["pattern"], refuses, whole, versions)
    portal = portal_of(twin, request)
    portal.rules.append(rule)
    return {"rules": len(portal.rules)}


def drop_rules(twin: Twin, request: Request, _body: Any) -> Any:
    """Lift all rules of a portal."""
    portal_of(twin, request).rules.clear()
    return {"rules": 0}


def set_neighbours(twin: Twin, request: Request, body: Any) -> Any:
    """Let other programs call at a steady pace: a list of token and per_second, from now on."""
    now = twin.clock.now()
    twin.limiter.settle(now)
    made = []
    for one in body["neighbours"]:
        token = twin.tokens.get(one["token"])
        if token is None or float(one["per_second"]) <= 0:
            raise Refused("a neighbour has a known token and calls per second above 0")
        every = 1000 / float(one["per_second"])
        made.append(Neighbour(twin.caller(token), every, now, one.get("until")))
    twin.limiter.neighbours[:] = made
    return neighbours(twin, request, body)


def neighbours(twin: Twin, _request: Request, _body: Any) -> Any:
    """Say how many calls of each neighbour landed, and how many met a limit."""
    twin.limiter.settle(twin.clock.now())
    return {
        "neighbours": [
            {"per_second": 1000 / n.every_ms, "landed": n.landed, "limited": n.limited}
            for n in twin.limiter.neighbours
        ]
    }
