"""What an outcome means for each input of a call, and which smaller calls find out the rest.

    Landed     HubSpot has it
    Rejected   HubSpot refuses this input, and this input alone: to be parked
    Resting    it may have been done, or an operator must act: left alone, then pushed again
    Held       we did not ask: still owed, and due as before

A refused batch is halved until the bad input stands alone, so that the other 99 land: at most
2·⌈log2 100⌉ = 14 extra calls for one bad input in a hundred. That holds for a 409 too, whichever of
its two kinds it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core.crm.calls import Action, Call, Input
from core.crm.outcomes import (
    Denied,
    NotSent,
    Ok,
    Outcome,
    RateLimited,
    Reason,
    Refused,
    Result,
    Unavailable,
    Unknown,
)
from core.crm.properties import UNIQUE


@dataclass(frozen=True, slots=True)
class Landed:
    """HubSpot has it; `properties` are what its answer shows."""

    hubspot_id: str
    properties: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """HubSpot refuses it."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Resting:
    """Left alone for longer than a call can last, then pushed again.

    `blameless`: HubSpot answers nobody, so that this does not count as an attempt of the record's.
    """

    why: str
    retry_after: float | None = None
    blameless: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Not asked; there may be room again at `until` (epoch ms)."""

    until: int = 0


Verdict = Landed | Rejected | Resting | Held

PATIENCE = 5
"""How many pushes of a record may be refused for a reason that passes: some eight minutes."""


def or_later(verdict: Verdict, attempts: int) -> Verdict:
    """Let what was refused for a reason that passes rest, unless it had `PATIENCE` by now.

    `attempts` counts the pushes before this one that came to nothing.
    """
    if isinstance(verdict, Rejected) and verdict.reason.transient and attempts < PATIENCE:
        return Resting(f"refused for now: {verdict.reason.category}")
    return verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict for some of a call's inputs, by key, and the calls that settle the others."""

    verdicts: dict[str, Verdict]
    again: tuple[Call, ...] = ()


def judge(call: Call, outcome: Outcome) -> Judgement:
    """Give each input of a write or an association a verdict, or a call that asks again."""
    match outcome:
        case Ok(results, errors):
            return _done(call, results, errors)
        case Refused(_, reason) if len(call.inputs) == 1:
            return Judgement({call.inputs[0].key: Rejected(reason)})
        case Refused():
            return Judgement({}, call.halves())
    verdict = _undone(outcome)
    return Judgement(dict.fromkeys((i.key for i in call.inputs), verdict))


def _undone(outcome: Denied | Unavailable | Unknown | RateLimited | NotSent) -> Verdict:
    match outcome:
        case Denied(status, reason):
            return Resting(f"denied {status}: {reason.message}")
        case Unavailable(status, retry_after, everywhere):
            return Resting(f"unavailable {status}", retry_after, everywhere)
        case Unknown(why, everywhere):
            return Resting(f"unknown outcome: {why}", blameless=everywhere)
        case RateLimited():
            return Held()
        case NotSent(until):
            return Held(until)


def _done(call: Call, results: tuple[Result, ...], errors: tuple[Reason, ...]) -> Judgement:
    verdicts: dict[str, Verdict] = {}
    names = _names(call)
    for result in results:
        key = _key_of(call, names, result)
        if key is not None:
            verdicts[key] = Landed(result.id, dict(result.properties))
    for reason in errors:
        for named in (*reason.keys, *reason.ids):
            key = names.get(named)
            if key is not None and key not in verdicts:
                verdicts[key] = Rejected(reason)
    left = [i for i in call.inputs if i.key not in verdicts]
    if not left:
        return Judgement(verdicts)
    if not errors:
        missing: Verdict = Resting("HubSpot's answer does not name it")
        return Judgement(verdicts | {i.key: missing for i in left})
    return _unnamed(call, verdicts, left, errors)


def _unnamed(
    call: Call, verdicts: dict[str, Verdict], left: list[Input], errors: tuple[Reason, ...]
) -> Judgement:
    """Settle inputs that an answer with errors mentions nowhere."""
    if len(left) == 1:
        return Judgement(verdicts | {left[0].key: Rejected(errors[-1])})
    rest = call.with_inputs(left)
    return Judgement(verdicts, (rest,) if len(left) < len(call.inputs) else rest.halves())


def _names(call: Call) -> dict[str, str]:
    names: dict[str, str] = {}
    for i in call.inputs:
        if call.action is Action.ASSOCIATE:
            names[f"{i.id}>{i.to}"] = i.key
        else:
            names[i.id] = i.key
        names[i.key] = i.key
    return names


def _key_of(call: Call, names: dict[str, str], result: Result) -> str | None:
    if call.action is Action.ASSOCIATE:
        return names.get(f"{result.id}>{result.to}")
    own = result.properties.get(UNIQUE[call.type], "")
    return names.get(result.key) or names.get(own) or names.get(result.id)
