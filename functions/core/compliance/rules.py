"""What must hold of each kind of resource, judged by its real settings and not by the template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

OLDEST_SECRET_DAYS = 90
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fact:
    """A resource and its settings as the account has them; `error` is why they cannot be read."""

    kind: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold of a kind; `says` is the sentence that is true when it does."""

    id: str
    kind: str
    says: str
    holds: Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule about one resource."""

    rule: str
    name: str
    holds: bool
    says: str


def _young(settings: Mapping[str, Any]) -> bool:
    kept = bool(settings["rotates"] or settings["fixed"])
    return kept or int(settings["age_days"]) < OLDEST_SECRET_DAYS


RULES = (
    Rule("table-recovery", "table", "can be restored to a moment", lambda s: s["recovery"]),
    Rule("table-protected", "table", "is protected from deletion", lambda s: s["protected"]),
    Rule("table-encrypted", "table", "is encrypted under our key", lambda s: s["encrypted"]),
    Rule("logs-end", "log group", "has a retention", lambda s: s["days"] is not None),
    Rule("secret-encrypted", "secret", "is encrypted under our key", lambda s: s["encrypted"]),
    Rule("secret-young", "secret", "rotates, or is younger than 90 days", _young),
    Rule("key-rotates", "key", "is rotated by AWS", lambda s: s["rotates"]),
    Rule("queue-encrypted", "queue", "is encrypted under our key", lambda s: s["encrypted"]),
    Rule("stage-logged", "stage", "writes access logs", lambda s: s["logged"]),
    Rule("stage-traced", "stage", "is traced", lambda s: s["traced"]),
    Rule("function-traced", "function", "is traced", lambda s: s["traced"]),
    Rule("function-logged", "function", "logs into a group of its own", lambda s: s["logged"]),
    Rule("bucket-private", "bucket", "lets no public access in", lambda s: s["private"]),
    Rule("bucket-encrypted", "bucket", "is encrypted under our key", lambda s: s["encrypted"]),
    Rule("bucket-locked", "bucket", "locks its objects", lambda s: s["locked"]),
)


def judged(facts: Iterable[Fact]) -> list[Verdict]:
    """Return each rule's verdict on each resource of its kind.

    What cannot be read holds nothing: it is one failure, whatever its rules would say.
    """
    verdicts = []
    for fact in facts:
        if fact.error:
            verdicts.append(Verdict(UNREADABLE, fact.name, holds=False, says=fact.error))
            continue
        for rule in RULES:
            if rule.kind == fact.kind:
                holds = bool(rule.holds(fact.settings))
                verdicts.append(Verdict(rule.id, fact.name, holds, rule.says))
    return verdicts
