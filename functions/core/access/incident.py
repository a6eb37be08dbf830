"""Cuts: what was issued before one counts no more. For a deployment, a tenant or one principal.

A cut does not delete. It moves the moment from which on something issued is good, so that it ends
keys by their time of making, vended sessions by the time in their name and tokens by `iat`, less
what their issuer's clock may be ahead. A registered role has no time of issue that we see, and a
user of HubSpot signs in where we cannot: their cut shuts them out until it is restored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.access.clients import is_client
from core.access.session import CREDENTIAL
from core.errors import Busy
from core.ids import DEPLOYMENT

ALL = "all"
"""Who is meant by a cut of no single principal."""

SETTLING_MS = 60_000
"""How long a cut may take to be known everywhere: 30 s of cache, and a call that began before."""

MAX_TEXT = 200

_ROLE = re.compile(r"role/\d{12}/[\w+=,.@-]{1,64}", re.ASCII)
_HUBSPOT_USER = re.compile(r"hubspot-user/\d{1,20}", re.ASCII)
_KEY = re.compile(rf"key/{CREDENTIAL.pattern}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cut stands: at the deployment, at a tenant, or at one principal of a tenant."""

    tenant: str = DEPLOYMENT
    principal: str = ALL

    @property
    def is_restorable(self) -> bool:
        """Whether it concerns one whom it shuts out: a registered role, or a user of HubSpot."""
        return self.principal.startswith(("role/", "hubspot-user/"))


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut as it stands. `valid_from` is in epoch ms, 0 once it is restored.

    `by` is who said that he made it: text of the operator's, proven only by AWS's own trail.
    """

    place: Place
    valid_from: int
    reason: str = ""
    by: str = ""
    changed_at: int = 0


def is_principal(text: str) -> bool:
    """Return whether this names a principal.

    `role/<account>/<name>`, `key/<id>`, `client/<id>` or `hubspot-user/<id>`. A client's id is
    percent-encoded; `/` and 16 hex digits after it name one user of the client.
    """
    return is_client(text) or any(form.fullmatch(text) for form in (_ROLE, _KEY, _HUBSPOT_USER))


def covering(tenant: str, principal_id: str) -> tuple[Place, ...]:
    """Return where a cut of this principal may stand: deployment, tenant, then the principal.

    A token with a user as its subject (`client/<id>/<user>`) ends with its client's too.
    """
    kind, *rest = principal_id.split("/")
    own = [principal_id]
    if kind == "client" and len(rest) > 1:
        own.append(f"client/{rest[0]}")
    return Place(), Place(tenant), *(Place(tenant, one) for one in own)


def refuse_while_spreading(newest: int, now: int) -> None:
    """Raise `Busy` until the newest of a caller's cuts (epoch ms, 0 for none) is known everywhere.

    Whom a cut has ended may still get through until then; what he were given would outlive it.
    """
    settled = newest + SETTLING_MS
    if newest and now < settled:
        raise Busy(
            "cut_taking_effect",
            "Access was cut a moment ago; nothing is handed out until that is known everywhere.",
            retry_after=-(-(settled - now) // 1000),
        )
