"""Decides on every call at the token door, and says in one line of the log why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from authorizer.answer import answer
from authorizer.decision import Outcome, decide
from authorizer.presented import NothingPresented
from authorizer.settings import Settings
from core import metrics
from core.clock import SystemClock
from core.contention import Contended
from core.errors import Unavailable
from core.log import logger
from core.settings import read
from core.store.access import StoredRegistry
from core.store.table import client
from core.store.used import StoredUse
from core.tokens.download import download
from core.tokens.verifier import TokenVerifier

if TYPE_CHECKING:
    from authorizer.decision import Decision

settings = read(Settings, os.environ)
log = logger("authorizer")
clock = SystemClock()
dynamodb = client(read_seconds=1)
registry = StoredRegistry(dynamodb, settings.access_table, clock)
tokens = TokenVerifier(registry.issuer, download, clock)
used = StoredUse(dynamodb, settings.access_table, clock)


class Failed(Exception):
    """We could not find out who calls: 500 at the gateway. The log has the cause."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the policy for a call; `Unauthorized` is a 401, any other exception a 500."""
    request_id = (event.get("requestContext") or {}).get("requestId", "")
    log.append_keys(correlation_id=request_id)
    try:
        decision = decide(event, registry, tokens, clock.now())
    except Exception as error:
        log.exception("not decided", reason=why(error))
        raise Failed from None
    measure(decision)
    unnoted = [proof.id for proof in decision.proofs if not used.note(proof)]
    tell(decision, event, unnoted)
    return answer(decision, event["methodArn"])


def why(error: Exception) -> str:
    """Return the stable word for what kept us from deciding."""
    if isinstance(error, Contended):
        return "store_unavailable"
    return error.code if isinstance(error, Unavailable) else "unforeseen"


def measure(decision: Decision) -> None:
    """Count what was presented and does not hold, and what a known caller may not do."""
    if decision.outcome is Outcome.NOBODY and decision.reason != NothingPresented.reason:
        metrics.signature_failed()
    elif decision.outcome is Outcome.DENIED and decision.who:
        metrics.denied(decision.who.tenant, decision.who.id)


def tell(decision: Decision, event: dict[str, Any], unnoted: list[str]) -> None:
    """Write the one line; of a credential it holds at most what names it.

    `unnoted` are the keys whose use could not be written down.
    """
    write = log.info if decision.outcome is Outcome.ALLOWED else log.warning
    write(
        decision.outcome,
        reason=decision.reason,
        detail=decision.detail,
        method=event.get("httpMethod"),
        resource=event.get("resource"),
        route=decision.route.name if decision.route else None,
        tenant=decision.who.tenant if decision.who else None,
        proofs=[proof.id for proof in decision.proofs],
        unnoted=unnoted,
    )
