"""Whether a text is a key that lets somebody in, from here and now.

The same code for both doors: the token door's authorizer and the second proof at the signed door.
Every refusal has a reason for the log; whoever is refused hears the same sentence for all of them.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from core.access import apikey
from core.access.principal import Kind, Proof
from core.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.access.credential import Credential, Registry


class Use(Protocol):
    """Notes when keys were last used: `core.store.used.StoredUse`."""

    def note(self, proof: Proof) -> bool:
        """Note that a proof held; False when that could not be written, which refuses nobody."""
        ...


class KeyRefused(Unauthenticated):
    """The key proves nothing (401); `reason` is a stable word for the log, not the answer."""

    def __init__(self, reason: str, shown: str = "") -> None:
        """Keep the reason, and of the key only what may be shown."""
        said = f"key refused: {reason}" + (f": {shown}" if shown else "")
        super().__init__("unauthenticated", "The credentials are not valid.", internal=said)
        self.reason = reason


def check_key(text: str, registry: Registry, *, source_ip: str, now: int) -> Proof:
    """Return what the key proves; else `KeyRefused`. `now` is in epoch ms.

    The checksum comes first, so that a mistyped or made-up key costs no look-up.
    """
    name = apikey.read(text)
    if name is None:
        raise KeyRefused("key_malformed")
    credential = registry.credential(name.tenant, name.id)
    if credential is None:
        raise KeyRefused("key_unknown", name.shown)
    if not apikey.matches(text, credential):
        raise KeyRefused("key_wrong", name.shown)
    if not credential.usable(now, registry.cuts(name.tenant, credential.principal_id)):
        raise KeyRefused(_unusable(credential, now), name.shown)
    if not from_one_of(credential.networks, source_ip):
        raise KeyRefused("key_network", name.shown)
    if not registry.tenant_active(name.tenant):
        raise KeyRefused("tenant_off", name.shown)
    return Proof(
        Kind.KEY,
        credential.principal_id,
        credential.origin_id,
        name.tenant,
        credential.scopes,
        credential.vends,
    )


def _unusable(credential: Credential, now: int) -> str:
    if not credential.active:
        return "key_revoked"
    expired = credential.expires_at is not None and now >= credential.expires_at
    return "key_expired" if expired else "key_cut"


def from_one_of(networks: Iterable[str], source_ip: str) -> bool:
    """Return whether the address lies in a network; a broken one of either holds nobody."""
    listed = tuple(networks)
    try:
        return not listed or any(ip_address(source_ip) in ip_network(one) for one in listed)
    except ValueError:
        return False
