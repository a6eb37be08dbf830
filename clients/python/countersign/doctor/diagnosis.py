"""All diagnoses, in the order in which their findings are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.doctor import proofs, refusals, signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from countersign.doctor.exchange import Exchange
    from countersign.doctor.finding import Finding

DIAGNOSES: tuple[Callable[[Exchange], Finding | None], ...] = (
    signature.unsigned,
    signature.clock,
    signature.region,
    signature.service,
    signature.host,
    signature.stage,
    signature.body,
    signature.line,
    signature.header,
    signature.expired,
    signature.unknown_access_key,
    signature.secret,
    signature.plus,
    proofs.nothing,
    proofs.mistyped_key,
    proofs.unreadable_token,
    proofs.token_time,
    proofs.unusable_key,
    proofs.unaccepted_token,
    refusals.undeclared,
    refusals.other_tenant,
    refusals.by_policy,
    refusals.by_handler,
    refusals.by_authorizer,
    refusals.hidden,
    refusals.busy,
)


def findings(exchange: Exchange) -> list[Finding]:
    """Return what is wrong with a call that got an error: all that is certain, or all likely."""
    if exchange.answered:
        return []
    found = [finding for one in DIAGNOSES if (finding := one(exchange)) is not None]
    return [finding for finding in found if finding.certain] or found
