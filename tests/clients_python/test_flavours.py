"""Every way of proving who calls, judged by botocore and by the rules of `core`."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from countersign import Client, Key, Layered, RefusedError, Signed, Token, vended
from countersign.errors import SettingsError, TokenEndpointError
from countersign.flavours import ClientCredentials, Vended, clock
from countersign.flavours import vended as vended_module
from countersign.retry import RetryPolicy
from tests.clients_python.desk import Desk
from tests.clients_python.issuer import token_endpoint
from tests.clients_python.people import ALL, REGION

if TYPE_CHECKING:
    from countersign import Target
    from countersign.flavours import Flavour
    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

VENDS = frozenset({"credentials:vend"})


def test_each_flavour_opens_its_door(gateway: Gateway, people: People, target: Target) -> None:
    """Signature, key and token are each taken, alone, at the door that is theirs."""
    Desk(gateway, people)
    role = Signed(REGION, people.role())
    flavours: list[tuple[Flavour, str]] = [
        (role, "role/123456789012/hubspot-functions"),
        (Key(people.key()), "key/"),
        (Token(people.token()), "client/portal"),
        (vended(target, Key(people.key(scopes=VENDS, vends=ALL))), "key/"),
    ]
    for flavour, principal in flavours:
        with Client(target, flavour=flavour) as client:
            assert client.stock("A")["principal"].startswith(principal)


def test_a_layered_route_takes_two_proofs(gateway: Gateway, people: People, target: Target) -> None:
    """One proof of two, and two of one origin, are refused; two of different origin are taken."""
    Desk(gateway, people)
    vends, other = people.key(scopes=VENDS, vends=ALL), people.key()
    role, session = Signed(REGION, people.role()), vended(target, Key(vends))
    token = Token(people.token(scope="keys:manage"))
    for flavour in (role, session, token, Key(other), Layered(session, Key(vends))):
        with Client(target, flavour=flavour) as client, pytest.raises(RefusedError):
            client.call("GET", "/v1/keys")
    for layered in (
        Layered(role, Key(other)),
        Layered(session, Key(other)),
        Layered(token, Key(other)),
    ):
        with Client(target, flavour=layered) as client:
            assert client.call("GET", "/v1/keys").status == 200


def test_vended_credentials_are_fetched_once_for_all(
    gateway: Gateway, people: People, target: Target
) -> None:
    """However many threads wait, one call vends; later ones use what it brought."""
    desk = Desk(gateway, people)
    source = vended(target, Key(people.key(scopes=VENDS, vends=ALL)))
    threads = [
        threading.Thread(target=source.credentials.get_frozen_credentials) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Client(target, flavour=source) as client:
        client.stock("A")
    assert len(desk.calls) == 1


def test_vended_credentials_are_renewed_before_they_end(
    gateway: Gateway, people: People, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call goes out with credentials in their last minute; none is vended sooner than needed."""
    desk = Desk(gateway, people, lasting=vended_module.MARGIN * 2 + 0.2)
    monkeypatch.setattr(vended_module, "MARGIN", vended_module.MARGIN * 2)
    source = vended(target, Key(people.key(scopes=VENDS, vends=ALL)))
    assert isinstance(source.credentials, Vended)
    source.credentials.get_frozen_credentials()
    source.credentials._good_until = time.monotonic() + 0.1
    source.credentials.get_frozen_credentials()
    assert len(desk.calls) == 1
    time.sleep(0.15)
    source.credentials.get_frozen_credentials()
    assert len(desk.calls) == 2


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(minutes=-20)])
def test_a_wrong_clock_neither_keeps_dead_credentials_nor_asks_anew(
    gateway: Gateway, people: People, target: Target, ahead: timedelta
) -> None:
    """How long they last is measured by the service's `Date`; the signature's time is put right."""
    gateway.ahead = ahead
    desk = Desk(gateway, people)
    source = vended(target, Key(people.key(scopes=VENDS, vends=ALL)))
    with Client(target, flavour=source) as client:
        client.stock("A")
        client.stock("B")
    assert len(desk.calls) == 1
    assert isinstance(source.credentials, Vended)
    left = source.credentials._good_until - time.monotonic()
    assert 835 < left <= 841


def test_credentials_that_the_door_calls_expired_are_replaced(
    gateway: Gateway, people: People, target: Target
) -> None:
    """A session that ended early costs one refused call, which is made again with new ones."""
    desk = Desk(gateway, people)
    source = vended(target, Key(people.key(scopes=VENDS, vends=ALL)))
    people.sessions[str(source.credentials.get_frozen_credentials().access_key)].ended = True
    with Client(target, flavour=source) as client:
        client.call("POST", "/v1/orders", {}, "key-1")
    assert len(desk.calls) == 2


@pytest.mark.parametrize("minutes", [20, -20, 24 * 60])
def test_a_clock_that_is_wrong_is_put_right_once(
    gateway: Gateway, people: People, target: Target, minutes: int
) -> None:
    """One refusal, one call more, and every later call is right at once; also a POST."""
    gateway.ahead = timedelta(minutes=minutes)
    with Client(target, flavour=Signed(REGION, people.role())) as client:
        client.call("POST", "/v1/orders", {})
        assert len(gateway.received) == 2
        client.stock("A")
        assert len(gateway.received) == 3


def test_a_right_clock_is_left_alone(gateway: Gateway, people: People, target: Target) -> None:
    """A refusal for another reason is not repeated, whatever `Date` says within four minutes."""
    gateway.ahead = clock.SUSPECT - timedelta(seconds=10)
    with Client(target, flavour=Signed(REGION, people.session("nobody"))) as client:
        with pytest.raises(RefusedError):
            client.stock("A")
        assert len(gateway.received) == 1


def test_a_token_is_fetched_with_client_credentials(
    gateway: Gateway, people: People, target: Target
) -> None:
    """One fetch serves many calls; one that the door refuses is fetched anew, once."""
    with token_endpoint(people) as issuer:
        source = ClientCredentials(issuer.url, "portal", "s3cret:+ä", scope="stock:read")
        with Client(target, flavour=Token(source)) as client:
            client.stock("A")
            client.stock("B")
            assert len(issuer.forms) == 1
            source._held = people.token(lasts=-10)
            client.stock("C")
        assert len(issuer.forms) == 2
    assert issuer.forms[0] == {"grant_type": "client_credentials", "scope": "stock:read"}
    assert [call.headers["authorization"][:7] for call in gateway.received] == ["Bearer "] * 4


def test_a_refusing_issuer_is_named_and_its_secret_is_not(people: People) -> None:
    """A wrong secret is the issuer's code in words; secrets stand in no message."""
    with token_endpoint(people) as issuer:
        source = ClientCredentials(issuer.url, "portal", "wrong-secret")
        with pytest.raises(TokenEndpointError, match="401 invalid_client") as refused:
            source()
    assert "wrong-secret" not in str(refused.value) + repr(source)
    with pytest.raises(SettingsError, match="https only"):
        ClientCredentials("http://issuer.example.com/token", "portal", "secret")


def test_no_proof_goes_along_with_a_redirect(
    gateway: Gateway, people: People, target: Target
) -> None:
    """A door that points elsewhere is an error; the key is not carried there."""
    gateway.serve = lambda _call: (307, {"Location": gateway.url("token") + "/v1/stock/B"}, "")
    with (
        Client(target, RetryPolicy(attempts=1), Key(people.key())) as client,
        pytest.raises(Exception, match="307"),
    ):
        client.stock("A")
    assert len(gateway.received) == 1


def test_no_representation_shows_a_secret(people: People, target: Target) -> None:
    """What ends in a log by accident holds no key, token or secret."""
    key, token = people.key(), people.token()
    credentials = people.role()
    for flavour in (Key(key), Token(token), Signed(REGION, credentials)):
        with Client(target, flavour=flavour) as client:
            shown = repr(flavour) + repr(client)
        assert not any(s in shown for s in (key, token, credentials.secret_key))


def test_the_time_of_vended_credentials_is_read_as_it_is_written() -> None:
    """RFC 3339 with `Z`, as the API writes it, is a moment in UTC."""
    assert vended_module._moment("2026-11-22T02:00:00Z") == datetime(2026, 11, 22, 2, tzinfo=UTC)
