"""Who calls, from every proof that came with the call.

    signed door   SigV4, and an API key beside it if one is sent
    token door    what the authorizer made of key, token or both
    hubspot door  HubSpot's signature, by which a user of the portal asks

Whatever is presented must hold, also where the route would ask for less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access.keycheck import KeyRefused, check_key
from core.access.principal import principal
from core.access.resolve import resolve
from core.errors import Forbidden
from core.routes import API_KEY_HEADER, TENANT_HEADER, Door
from core.web import headers
from core.web.identity import caller_of, door_of, principal_of, source_ip_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.access.credential import Registry
    from core.access.principal import Principal, Proof
    from core.web.hubspot_users import HubspotUsers


def who_calls(
    event: Mapping[str, Any],
    registry: Registry,
    vended_role_name: str,
    now: int,
    held: Callable[[Proof], None] | None = None,
    hubspot: HubspotUsers | None = None,
) -> Principal:
    """Return the principal; `Forbidden` for a stranger, `Unauthenticated` for a bad second proof.

    `vended_role_name` is the name of the role whose sessions we vend, empty when there is none.
    `now` is in epoch ms. `held` is told of each key that was checked here and holds, whatever
    becomes of the call; those of the token door are its authorizer's. `hubspot` is None where no
    route leads from the hubspot door.
    """
    wanted = _single(headers.values(event, TENANT_HEADER))
    if door_of(event) is Door.TOKEN:
        who = principal_of(event)
        if wanted not in {None, who.tenant}:
            raise _refused(f"{who.id} named another tenant")
        return who
    if door_of(event) is Door.HUBSPOT:
        return _hubspot_user(event, registry, wanted, now, hubspot)
    caller = caller_of(event)
    account = event["requestContext"].get("accountId", "")
    signed = resolve(
        caller,
        registry,
        vended_role=f"{account}/{vended_role_name}" if vended_role_name else "",
        wanted_tenant=wanted,
        now=now,
    )
    keys = headers.values(event, API_KEY_HEADER)
    if len(keys) > 1:
        raise KeyRefused("key_repeated")
    proofs = [check_key(key, registry, source_ip=caller.source_ip, now=now) for key in keys]
    if held is not None:
        for proof in proofs:
            held(proof)
    return principal(caller.door, caller.source_ip, (signed, *proofs))


def _hubspot_user(
    event: Mapping[str, Any],
    registry: Registry,
    wanted: str | None,
    now: int,
    hubspot: HubspotUsers | None,
) -> Principal:
    if hubspot is None:
        raise _refused("nothing here is for users of HubSpot")
    proof = hubspot.proof(event, registry, now)
    if wanted not in {None, proof.tenant}:
        raise _refused(f"{proof.id} named another tenant")
    return principal(Door.HUBSPOT, source_ip_of(event), (proof,))


def _single(values: tuple[str, ...]) -> str | None:
    if len(values) > 1:
        raise _refused("the tenant was named more than once")
    return values[0] if values else None


def _refused(internal: str) -> Forbidden:
    return Forbidden("forbidden", "You are not allowed to do this.", internal=internal)
