"""What ends, and by when: a revoked key and an incident's cuts, with all that hangs on them.

Everything is ended at once and then watched, since each end may take as long as a cache lives.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from countersign.errors import FunctionError
from tests.e2e.conftest import THIRD
from tests.e2e.door import assert_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from countersign.administration import Administration
    from tests.e2e.door import SignedDoor
    from tests.e2e.keys import Keys
    from tests.e2e.token_door import TokenDoor
    from tests.e2e.tokens import Tokens

PROMISED_SECONDS = 60
STOCK = "/v1/stock"


@dataclass(frozen=True)
class Ended:
    """Calls that were answered before the end, and when that came."""

    calls: dict[str, Callable[[], requests.Response]]
    at: float


@pytest.fixture(scope="module")
def ended(
    keys: Keys,
    token_door: TokenDoor,
    door: SignedDoor,
    tokens: Tokens,
    administration: Administration,
) -> Ended:
    """Use a key, a client and a tenant, see all of it work, and end each its own way."""
    revoked = keys.make("to be revoked", "stock:read", "credentials:vend", vends=("stock:read",))
    stolen = keys.make("to be cut", "stock:read", "credentials:vend", vends=("stock:read",))
    revoked_session = token_door.vend(key=revoked.text).credentials
    stolen_session = token_door.vend(key=stolen.text).credentials
    token = tokens.make("stock:read", "credentials:vend")
    client_session = token_door.vend(token=token).credentials
    third_key = str(administration.bootstrap(THIRD)["key"])
    third_session = token_door.vend(key=third_key).credentials
    calls: dict[str, Callable[[], requests.Response]] = {
        "a revoked key": lambda: token_door.call("GET", STOCK, key=revoked.text),
        "its session": lambda: door.call("GET", STOCK, credentials=revoked_session),
        "a key that was cut": lambda: token_door.call("GET", STOCK, key=stolen.text),
        "its session, cut": lambda: door.call("GET", STOCK, credentials=stolen_session),
        "a client's token": lambda: token_door.call("GET", STOCK, token=token),
        "the client's session": lambda: door.call("GET", STOCK, credentials=client_session),
        "a tenant's key": lambda: token_door.call("GET", STOCK, key=third_key),
        "a session of the tenant": lambda: door.call("GET", STOCK, credentials=third_session),
    }
    for name, call in calls.items():
        assert call().status_code == 200, name
    keys.revoke(revoked)
    administration.revoke(tenant="main", principal=f"key/{stolen.id}", reason="stolen")
    administration.revoke(tenant="main", principal="client/portal", reason="leaked")
    administration.revoke(tenant=THIRD, reason="all of it")
    return Ended(calls, time.monotonic())


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("a revoked key", 401),
        ("its session", 403),
        ("a key that was cut", 401),
        ("its session, cut", 403),
        ("a client's token", 401),
        ("the client's session", 403),
        ("a tenant's key", 401),
        ("a session of the tenant", 403),
    ],
)
def test_it_ends_within_a_minute(ended: Ended, what: str, status: int) -> None:
    """Whatever was good before the end is refused soon after it, and stays refused."""
    call = ended.calls[what]
    while (answer := call()).status_code == 200:
        assert time.monotonic() - ended.at < PROMISED_SECONDS, what
        time.sleep(0.5)
    assert_problem(answer, status)
    for _ in range(6):  # other containers have caches of their own
        if time.monotonic() - ended.at > PROMISED_SECONDS:
            assert_problem(call(), status)


@pytest.mark.usefixtures("ended")
def test_what_was_not_meant_goes_on(
    token_door: TokenDoor, tokens: Tokens, first_key: str, second_key: str
) -> None:
    """Other keys, other tenants, and tokens issued after the cut are as good as before."""
    time.sleep(1)  # a token tells its time of issue in whole seconds
    assert token_door.call("GET", STOCK, key=first_key).status_code == 200
    assert token_door.call("GET", STOCK, key=second_key).status_code == 200
    assert token_door.call("GET", STOCK, token=tokens.make("stock:read")).status_code == 200


@pytest.mark.usefixtures("ended")
def test_a_tenant_whose_keys_all_ended_gets_a_first_one_again(
    administration: Administration, token_door: TokenDoor
) -> None:
    """After the incident the deployer makes a new first key; once, as before."""
    made = administration.bootstrap(THIRD)
    assert token_door.call("GET", STOCK, key=made["key"]).status_code == 200
    with pytest.raises(FunctionError):
        administration.bootstrap(THIRD)


@pytest.mark.usefixtures("ended", "first_key")
def test_a_tenant_has_one_first_key(administration: Administration) -> None:
    """Without an incident nobody gets a second first key, the deployer neither."""
    with pytest.raises(FunctionError):
        administration.bootstrap("main")


@pytest.mark.usefixtures("ended")
def test_the_cuts_can_be_seen(administration: Administration) -> None:
    """The operator sees what was cut, when and why."""
    cuts = {(c["tenant"], c["principal"]): c for c in administration.status()}
    assert cuts[THIRD, None]["reason"] == "all of it"
    assert cuts["main", "client/portal"]["reason"] == "leaked"
