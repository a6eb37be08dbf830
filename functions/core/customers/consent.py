"""Consent: for which purpose, given or withdrawn, when, where, and on which lawful basis.

Each decision is kept as it was made; a withdrawal ends a consent and deletes nothing, since
whoever relies on a consent must be able to show it (GDPR, Art. 7 (1)).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import Unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PURPOSE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
SALE_OR_SHARING = "sale_or_sharing"
"""The purpose whose withdrawal is CCPA's "do not sell or share" (Cal. Civ. Code 1798.120)."""

MAX_PURPOSES = 20
AHEAD_MS = 300_000
"""How far the clock of whoever took a decision down may be ahead of ours."""


class Basis(StrEnum):
    """The lawful bases of GDPR, Art. 6 (1) (a) to (f)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class State(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person. `at` (epoch ms) is when it was made, `source` is where.

    `wording` names the text that was shown to the person, if it has a name.
    """

    purpose: str
    state: State
    basis: Basis
    at: int
    source: str
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it stands in the history: its id, and when it was written down."""

    id: str
    decision: Decision
    recorded_at: int


def decided(
    now_held: Mapping[str, Decision], decisions: Iterable[Decision], now: int
) -> dict[str, Decision]:
    """Return the decision that counts for each purpose.

    The newest one counts, whatever the order of arrival; of two of the same moment the withdrawal.
    `Unprocessable` for one from the future, or for more purposes than a customer can have.
    """
    held = dict(now_held)
    for decision in decisions:
        if decision.at > now + AHEAD_MS:
            raise Unprocessable("consent_in_the_future", "A decision has not been made yet.")
        before = held.get(decision.purpose)
        if before is None or _rank(decision) > _rank(before):
            held[decision.purpose] = decision
    if len(held) > MAX_PURPOSES:
        raise Unprocessable("too_many_purposes", f"A customer has at most {MAX_PURPOSES} purposes.")
    return held


def sold_or_shared(held: Mapping[str, Decision]) -> bool:
    """Return whether the person's data may be sold or shared: until it is withdrawn."""
    found = held.get(SALE_OR_SHARING)
    return found is None or found.state is State.GRANTED


def freshly_given(decisions: Iterable[Decision], since: int) -> bool:
    """Return whether some consent was given after a moment: by the person, not by law."""
    return any(
        d.state is State.GRANTED and d.basis is Basis.CONSENT and d.at > since for d in decisions
    )


def _rank(decision: Decision) -> tuple[int, bool]:
    return decision.at, decision.state is State.WITHDRAWN
