"""What an operator asks for: the event, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from core.crm.parking import QUEUES, State
from core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 100
"""Records of one invocation, listed or named."""

_NAMES = {
    "list": {"state", "kind", "after", "limit"},
    "retry": {"records", "operator"},
    "discard": {"records", "operator"},
}
_POSITION = 256
_ID = 64
"""No id of ours is longer."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing:
    """List what is in a state, oldest first, from a position on."""

    state: State
    kinds: tuple[str, ...]
    after: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Change:
    """Retry or discard records, each named by its kind and id; `operator` is who says so."""

    action: str
    records: tuple[tuple[str, str], ...]
    operator: str


def command(event: Mapping[str, Any]) -> Listing | Change:
    """Return what the event asks for; `Invalid` names what is wrong with it."""
    action = _typed(event, "action", str, "")
    if action not in _NAMES:
        raise _wrong(f"action is none of {', '.join(_NAMES)}")
    if unknown := event.keys() - _NAMES[action] - {"tenant", "action"}:
        raise _wrong(f"{action} knows no {', '.join(sorted(unknown))}")
    if action == "list":
        return _listing(event)
    operator = _typed(event, "operator", str, None)
    if not operator:
        raise _wrong("operator says who asks")
    records = _typed(event, "records", list, [])
    if not 1 <= len(records) <= MOST:
        raise _wrong(f"records are 1 to {MOST}")
    return Change(action, tuple(dict.fromkeys(_record(r) for r in records)), operator)


def _listing(event: Mapping[str, Any]) -> Listing:
    state = _typed(event, "state", str, str(State.PARKED))
    if state not in set(State):
        raise _wrong(f"state is none of {', '.join(State)}")
    kind = _typed(event, "kind", str, None)
    if kind is not None and kind not in QUEUES:
        raise _wrong(f"kind is none of {', '.join(QUEUES)}")
    limit = _typed(event, "limit", int, MOST)
    if not 1 <= limit <= MOST:
        raise _wrong(f"limit is 1 to {MOST}")
    after = _typed(event, "after", str, None)
    if after is not None and not 1 <= len(after) <= _POSITION:
        raise _wrong("after is what the page before said is next")
    return Listing(State(state), tuple(QUEUES) if kind is None else (kind,), after, limit)


def _record(raw: object) -> tuple[str, str]:
    if isinstance(raw, dict) and raw.keys() == {"kind", "id"}:
        kind, record = raw["kind"], raw["id"]
        if isinstance(kind, str) and isinstance(record, str) and len(record) <= _ID:
            return kind, record
    raise _wrong('a record is {"kind": …, "id": …}')


def _typed(event: Mapping[str, Any], name: str, kind: type[T], default: Any) -> Any:
    value = event.get(name)
    if value is None:
        return default
    if type(value) is not kind:
        raise _wrong(f"{name} is not of the type {kind.__name__}")
    return value


def _wrong(why: str) -> Invalid:
    return Invalid("invalid_event", f"The event is not valid: {why}.")
