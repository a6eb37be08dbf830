"""A decision as API Gateway takes it from an authorizer.

A policy that allows names the one method that was called, and the gateway keeps none (TTL 0): what
one call may do says nothing of the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authorizer.decision import Outcome
from core.access import handover

if TYPE_CHECKING:
    from authorizer.decision import Decision


class Unauthorized(Exception):
    """API Gateway answers 401 when an authorizer fails with exactly this word."""

    def __init__(self) -> None:
        """Say the word."""
        super().__init__("Unauthorized")


def answer(decision: Decision, method_arn: str) -> dict[str, Any]:
    """Return the policy of a decision, with what the handlers are told; `Unauthorized` for nobody.

    A denial names everything, for nothing that it names can be too long or too odd then.
    """
    if decision.outcome is Outcome.NOBODY:
        raise Unauthorized
    who = decision.who
    allowed = decision.outcome is Outcome.ALLOWED and who is not None
    effect, resource = ("Allow", method_arn) if allowed else ("Deny", "*")
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {
        "principalId": who.id if who is not None else "unknown",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": handover.written(who) if allowed and who is not None else {},
    }
