"""From what a door has proven to a principal of one tenant, or a refusal that tells nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.credential import CredentialKind
from core.access.incident import SETTLING_MS
from core.access.principal import Kind, Proof
from core.access.session import parse
from core.errors import Forbidden

if TYPE_CHECKING:
    from core.access.credential import Credential, Registry
    from core.access.principal import Caller
    from core.access.session import SessionName

MAX_SESSION_SECONDS = 3600
"""Role chaining ends a session after an hour (STS), whatever was asked for."""

CLOCK_SKEW_SECONDS = 300


def resolve(
    caller: Caller, registry: Registry, *, vended_role: str, wanted_tenant: str | None, now: int
) -> Proof:
    """Return what the signature proves; else `Forbidden`, always with the same words.

    `vended_role` is `<account>/<role name>` of the role whose sessions we vend, or empty when there
    is none. `wanted_tenant` is what the caller asked for, needed only by a role that is registered
    for several tenants. `now` is in epoch ms.
    """
    if vended_role and f"{caller.account}/{caller.role}" == vended_role:
        return _session(caller, registry, wanted_tenant, now)
    return _role(caller, registry, wanted_tenant)


def _role(caller: Caller, registry: Registry, wanted: str | None) -> Proof:
    name = f"{caller.account}/{caller.role}"
    grant = registry.role(caller.account, caller.role)
    if grant is None or not grant.active:
        raise _refused(f"role {name} is not registered")
    if wanted is None and len(grant.tenants) != 1:
        raise _refused(f"role {name} has several tenants and named none")
    tenant = wanted if wanted is not None else next(iter(grant.tenants))
    if tenant not in grant.tenants or not registry.tenant_active(tenant):
        raise _refused(f"role {name} has no grant for the tenant it named")
    proof_id = f"role/{name}"
    if registry.cuts(tenant, proof_id).principal:  # a role has no time of issue to compare
        raise _refused(f"role {name} was shut out in an incident")
    return Proof(Kind.ROLE, proof_id, proof_id, tenant, grant.tenants[tenant])


def _session(caller: Caller, registry: Registry, wanted: str | None, now: int) -> Proof:
    name = parse(caller.session)
    if name is None:
        raise _refused("the vended role was assumed with a name that is not ours")
    credential = registry.credential(name.tenant, name.credential)
    if credential is None or not _valid(credential, name, registry, now):
        raise _refused(f"credential {name.credential} is unknown, revoked or expired")
    if wanted not in {None, name.tenant} or not registry.tenant_active(name.tenant):
        raise _refused(f"credential {name.credential} named another tenant")
    return Proof(
        Kind.SESSION,
        credential.principal_id,
        credential.origin_id,
        name.tenant,
        credential.vends,
    )


def _valid(credential: Credential, name: SessionName, registry: Registry, now: int) -> bool:
    age = now // 1000 - name.issued
    cuts = registry.cuts(name.tenant, credential.principal_id)
    return (
        credential.usable(now, cuts)
        and credential.tenant == name.tenant
        and credential.id == name.credential
        and -CLOCK_SKEW_SECONDS <= age <= MAX_SESSION_SECONDS
        and name.issued * 1000 >= cuts.newest + _unsettled(credential)
    )


def _unsettled(credential: Credential) -> int:
    """Return how long after a cut a session is in doubt.

    A key's has ended with the key. A client's may have been vended for a token from before the cut,
    by a function that had not heard of it.
    """
    return SETTLING_MS if credential.kind is CredentialKind.JWT_CLIENT else 0


def _refused(internal: str) -> Forbidden:
    return Forbidden("forbidden", "You are not allowed to do this.", internal=internal)
