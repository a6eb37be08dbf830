"""Diagnoses of what an operator could read."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from countersign.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from countersign.doctor.operator import Evidence

REASONS = {
    "key_malformed": "the key is mistyped or cut off",
    "key_unknown": "there is no key of that id in this deployment",
    "key_wrong": "the id is that of a key, the secret is not",
    "key_revoked": "the key was revoked",
    "key_expired": "the key has expired",
    "key_cut": "the key is from before an incident's cut: make a new one",
    "key_network": "the key may be used from its networks only, and the call came from another",
    "tenant_off": "the tenant is switched off",
    "nothing_presented": "neither a key nor a token came",
    "key_repeated": "the key was sent more than once",
    "tenants_differ": "the two proofs are of two tenants",
    "no_such_route": "there is no such route at this door",
    "layer_missing": "the route wants a second proof of another origin",
    "scope_missing": "a proof lacks the route's scope",
    "store_unavailable": "the service could not read who may call: try again",
}
"""The authorizer's codes, in words; one that is not here is shown as it is."""

_ACCESS = "docs/routes.md has scopes and layers; `countersign keys list` shows a tenant's keys."


def from_logs(evidence: Evidence) -> Finding | None:
    """Find the reason that the service wrote down for this very call."""
    for line in evidence.lines:
        reason = line.get("reason")
        if not reason:
            continue
        words = next((REASONS[code] for code in REASONS if code in str(reason)), None)
        who = line.get("service", "the service")
        return Finding("logged", f"{who} wrote: {reason}{f' ({words})' if words else ''}.", _ACCESS)
    return None


def from_resource_policy(evidence: Evidence, role: str) -> Finding | None:
    """Find that the signed door's policy denies everybody but others than this role."""
    if evidence.policy is None or not role:
        return None
    known = [name for deny in _denials(evidence.policy) for name in deny]
    if not known or any(fnmatchcase(role, name) for name in known):
        return None
    return Finding(
        "role_unregistered",
        f"The role {role} is not among those that the signed door's resource policy lets in.",
        "Name it under `callers` in cdk.json and deploy, or assume one that is named there.",
    )


def from_role(evidence: Evidence, role: str) -> Finding | None:
    """Find that the role's own policies do not allow the call."""
    if evidence.decision in {"", "allowed"}:
        return None
    return Finding(
        "role_policy",
        f"The policies of {role} do not allow execute-api:Invoke on this route "
        f"({evidence.decision}).",
        "Give the role a policy for the route, or deploy with `create` for that caller.",
    )


def findings(evidence: Evidence, role: str) -> list[Finding]:
    """Return what the evidence says, the service's own reason first."""
    told = (from_logs(evidence), from_resource_policy(evidence, role), from_role(evidence, role))
    return [one for one in told if one is not None]


def _denials(policy: Mapping[str, Any]) -> Iterator[list[str]]:
    for statement in policy.get("Statement", ()):
        excepted = statement.get("Condition", {}).get("ArnNotLike", {}).get("aws:PrincipalArn", [])
        if statement.get("Effect") == "Deny" and excepted:
            yield [excepted] if isinstance(excepted, str) else list(excepted)
