"""Which calls a fault may meet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twin.faults.kinds import Act

if TYPE_CHECKING:
    from local.twin.chain import Exchange
    from local.twin.faults.kinds import Fault

_WRITES = ("/batch/create", "/batch/update", "/batch/upsert")


@dataclass(frozen=True, slots=True)
class Aim:
    """Calls whose "METHOD path" holds `endpoint` and whose body holds `body`."""

    endpoint: str = ""
    body: str = ""

    def takes(self, exchange: Exchange) -> bool:
        """Tell whether a call is meant."""
        where = f"{exchange.operation.method} {exchange.url_path}"
        return self.endpoint in where and self.body in exchange.raw.decode(errors="replace")


def possible(fault: Fault, exchange: Exchange) -> bool:
    """Tell whether HubSpot could meet this call with this fault.

    A conflict needs a batch write, a partial failure one whose inputs can be told apart, the
    limit by the second a search.
    """
    path = exchange.url_path
    if fault.act is Act.PARTIAL:
        return bool(traced_inputs(exchange))
    if fault.name == "conflict":
        return path.endswith(_WRITES)
    if fault.name == "secondly":
        return path.endswith("/search")
    return True


def traced_inputs(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the inputs of a batch write when each has a trace of its own, else none."""
    if not exchange.url_path.endswith(_WRITES):
        return []
    try:
        inputs = json.loads(exchange.raw)["inputs"]
        traces = [one["objectWriteTraceId"] for one in inputs]
    except (ValueError, TypeError, KeyError):
        return []
    return inputs if len(set(traces)) == len(traces) else []
