"""What the token door's authorizer tells the handlers of a caller, as API Gateway carries it.

An authorizer's context is flat and its values arrive as strings; a set is written with spaces
between its members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.principal import Kind, Principal
from core.routes import Door

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOOR = "auth_door"
"""The member that says whose context this is: a gateway could have other authorizers."""


def written(who: Principal) -> dict[str, str]:
    """Return the context for a principal, empty members left out; the gateway tells the address.

    ValueError for a member of a set that holds a space: read back, one origin would be two.
    """
    members = {
        DOOR: str(who.door),
        "tenant": who.tenant,
        "principal": who.id,
        "kind": str(who.kind),
        "scopes": _joined(sorted(who.scopes)),
        "vends": _joined(sorted(who.vends)),
        "gives": _joined(sorted(who.gives)),
        "proofs": _joined(who.proofs),
        "origins": _joined(sorted(who.origins)),
        "subject": who.subject,
        "issuer": who.issuer,
    }
    return {name: value for name, value in members.items() if value}


def read(context: Mapping[str, object], source_ip: str) -> Principal:
    """Return the principal of a context; ValueError unless `written` made it."""
    text = {name: value for name, value in context.items() if isinstance(value, str)}
    if text.get(DOOR) != Door.TOKEN:
        raise ValueError("not from the token door's authorizer")
    absent = [name for name in ("tenant", "principal", "proofs", "origins") if not text.get(name)]
    if absent:
        raise ValueError(f"no {', '.join(absent)}")
    return Principal(
        tenant=text["tenant"],
        id=text["principal"],
        kind=Kind(text.get("kind", "")),
        door=Door.TOKEN,
        scopes=frozenset(text.get("scopes", "").split()),
        source_ip=source_ip,
        vends=frozenset(text.get("vends", "").split()),
        gives=frozenset(text.get("gives", "").split()),
        proofs=tuple(text["proofs"].split()),
        origins=frozenset(text["origins"].split()),
        subject=text.get("subject", ""),
        issuer=text.get("issuer", ""),
    )


def _joined(members: Iterable[str]) -> str:
    listed = tuple(members)
    if any(member.split() != [member] for member in listed):
        raise ValueError("a member of a set is empty or holds a space")
    return " ".join(listed)
