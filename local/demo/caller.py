"""The demo's caller: sessions vended for a key that is made in the run and can do nothing else.

first key ─┐
operator ──┴─▶ POST /v1/keys ──▶ a key that vends ──▶ POST /v1/credentials ──▶ signed door
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from countersign import Client, Key, Layered, Signed, vended
from countersign.administration import Administration
from countersign.keys import Keys

if TYPE_CHECKING:
    from local.system import System

SCOPES = ("credentials:vend",)
VENDS = ("stock:read", "stock:write", "orders:read", "orders:place", "orders:manage")
"""What the sessions hold: the day's and the month's calls, and nothing more."""


def vended_caller(system: System) -> Signed:
    """Make the tenant's first key, with it one that only vends, and return what signs by it.

    To be shared by all clients of a run: they then sign with one session, renewed for all at once.
    """
    target, outputs = system.target(), system.outputs
    admin = Administration(system.endpoint.session(), outputs.access_admin_function)
    first = Key(admin.bootstrap(outputs.tenant)["key"])
    operator = replace(target, role_arn=outputs.operator_role_arn)
    both = Layered(Signed(operator.region, operator.credentials()), first)
    with Client(operator, flavour=both) as client:
        made = Keys(client).create("demo", SCOPES, VENDS)
    return vended(target, Key(made["key"]))
