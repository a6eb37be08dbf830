"""The layer that lets calls go wrong as the plan says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from local.twin.call import Answer
from local.twin.faults.aim import traced_inputs
from local.twin.faults.kinds import Act
from local.twin.problems import Problem

if TYPE_CHECKING:
    from local.twin.chain import Exchange, Proceed
    from local.twin.clock import Clock
    from local.twin.faults.kinds import Fault

MULTI_STATUS = 207
_FINE = 300


async def meet(exchange: Exchange, proceed: Proceed) -> Answer:
    """Answer a call, or let it meet its fault. Calls of a person in HubSpot meet none."""
    twin = exchange.twin
    if twin.is_person(exchange.headers.get("authorization")):
        return await proceed(exchange)
    fault = twin.faults.choose(exchange, twin.clock.now())
    if fault is None:
        return await proceed(exchange)
    exchange.notes["fault"] = fault.name
    if fault.act is Act.PARTIAL:
        return await _partly(fault, exchange, proceed)
    own = await proceed(exchange) if fault.applied or fault.act is Act.SLOW else None
    if fault.delay_ms:
        await _pass_time(twin.clock, fault.delay_ms)
    if fault.act is Act.SLOW and own is not None:
        return own
    if fault.act is Act.CUT:
        unheard = own or Answer(503, Problem(503, "The connection was refused").body())
        return replace(unheard, sent=fault.sent)
    return fault.answer(next(iter(twin.portals), 0))


async def _pass_time(clock: Clock, milliseconds: int) -> None:
    """Wait on the twin's clock: one that is stopped moves on, one that runs takes its time."""
    if clock.frozen_at is None:
        await asyncio.sleep(milliseconds / 1000)
    else:
        clock.advance(milliseconds)


async def _partly(fault: Fault, exchange: Exchange, proceed: Proceed) -> Answer:
    """Carry out the first inputs of a batch write and refuse the rest, each by its trace."""
    body, inputs = json.loads(exchange.raw), traced_inputs(exchange)
    kept = min(round(len(inputs) * fault.share), len(inputs) - 1)
    problem = Problem(500, "The record could not be saved", category="INTERNAL_ERROR")
    errors = [
        problem.entry(objectWriteTraceId=[one["objectWriteTraceId"]]) for one in inputs[kept:]
    ]
    exchange.raw = json.dumps({**body, "inputs": inputs[:kept]}).encode()
    answer = await proceed(exchange)
    exchange.raw = json.dumps(body).encode()
    if answer.status >= _FINE:
        return answer
    errors = [*answer.body.get("errors", ()), *errors]
    told = {**answer.body, "numErrors": len(errors), "errors": errors}
    plain = answer.status if exchange.operation.version == "2026-09" else MULTI_STATUS
    return replace(answer, status=plain, body=told)
