"""Short-lived credentials for the signed door, in exchange for a key or a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countersign.client import Client
from countersign.flavours import Signed, Vended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from countersign.answer import Answer
    from countersign.flavours import Flavour
    from countersign.target import Target

PATH = "/v1/credentials"


def vend(target: Target, by: Flavour, scopes: Sequence[str] = ()) -> Answer:
    """Return the 201 of `POST /v1/credentials`: keys, session token, region, url, `expires_at`.

    `by` holds `credentials:vend`; without `scopes` the session may do all that it vends. Made again
    when the service is busy: one session too many harms nobody.
    """
    body = {"scopes": list(scopes)} if scopes else {}
    with Client(target, flavour=by) as client:
        return client.call("POST", PATH, body, repeatable=True)


def vended(target: Target, by: Flavour, scopes: Sequence[str] = ()) -> Signed:
    """Return what signs calls with vended credentials, renewed before they end."""
    return Signed(target.region, Vended(lambda: vend(target, by, scopes)))
