"""What a function shows and where it sends: neither a secret nor a person leaks."""

from __future__ import annotations

import json
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.clients_hubspot.answer import Answer
from tests.clients_hubspot.conftest import HERE, ORDER, Functions, node, secrets
from tests.clients_hubspot.door import Door
from tests.clients_hubspot.vending import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients_hubspot.conftest import Ran

PERSON = {"email": "ada@example.org", "first_name": "Adelheid", "phone": "+44 20 7946 0000"}


def assert_hidden(ran: Ran, door: Door) -> None:
    """Neither what a function gave back nor what it logged holds the key or a credential."""
    shown = ran.stdout + ran.stderr
    assert KEY not in shown
    assert KEY[-20:] not in shown
    for session in door.vending.sessions.values():
        made = session.credentials
        assert not [s for s in (made.access_key, made.secret_key, str(made.token)) if s in shown]
    assert "marked" not in shown.lower()


@pytest.mark.parametrize("status", [201, 400, 403, 422, 500])
def test_no_secret_is_shown(functions: Functions, door: Door, status: int) -> None:
    """Neither result nor log holds a secret, even when the answer repeats the whole request."""
    if status != 201:
        echo = f"The Canonical String should have been MARKED {KEY} {PERSON['email']}"
        door.planned.append(Answer(status, {"message": echo}, {"retry-after": "60"}))
    ran = functions.place_order(ORDER | {"customer": PERSON})
    assert ran.result["ok"] == (status == 201)
    assert_hidden(ran, door)
    for value in PERSON.values():
        assert value not in ran.stderr


@pytest.mark.parametrize("status", [201, 401, 403, 500])
def test_no_secret_of_the_token_door_is_shown(
    functions: Functions, door: Door, status: int
) -> None:
    """Not even a token door that echoes the key into every field brings it into result or log."""
    fields = ("title", "detail", "message", "type", "session_token")
    echo = dict.fromkeys(fields, f"MARKED {KEY}")
    door.vending.planned.append(Answer(status, echo, {"retry-after": "60"}))
    ran = functions.place_order()
    assert ran.result["problem"]["code"] == "no_credentials"
    assert_hidden(ran, door)


@pytest.mark.parametrize("key", ["csk_MARKED\nx: 1", "csk_MARKÉD", "AKIAMARKED", "Bearer MARKED"])
def test_a_bad_key_is_named(functions: Functions, door: Door, key: str) -> None:
    """What is no API key is neither sent nor shown; the answer says which secret is wrong."""
    ran = functions.place_order(COUNTERSIGN_API_KEY=key)
    assert ran.result["problem"]["code"] == "not_configured"
    assert "COUNTERSIGN_API_KEY" in ran.result["problem"]["title"]
    assert door.vending.received == []
    assert_hidden(ran, door)


def test_a_fault_of_the_code_shows_nothing(project: Path, door: Door) -> None:
    """An exception that quotes a secret ends as a result; the log has its kind and place only."""
    built = project / "dist/app/functions/place-order.js"
    contexts = json.dumps([{"parameters": {"order": ORDER}}])
    throwing = (
        "data:text/javascript,globalThis.fetch = (r) => { throw new RangeError([...r.headers]) }"
    )
    ran = node("--import", throwing, HERE / "contexts.mjs", built, contexts, **secrets(door))
    (done,) = ran.result
    assert done["result"]["problem"]["code"] == "internal_error"
    assert "RangeError" in ran.stderr
    assert "at " in ran.stderr
    assert_hidden(ran, door)


def test_a_redirect_is_not_followed(functions: Functions, door: Door) -> None:
    """Credentials go to the door and nowhere else: a redirect is a refusal."""
    with Door() as elsewhere:
        door.planned.append(Answer(307, headers={"location": elsewhere.signed_url}))
        assert functions.place_order().result["problem"]["status"] == 307
        assert elsewhere.received == []


@pytest.mark.parametrize("url", ["http://door.example.com/token", "door.example.com", ""])
def test_a_bad_url_is_named(functions: Functions, url: str) -> None:
    """Only https, or loopback, is called; the answer says which secret is wrong, not its value."""
    problem = functions.place_order(COUNTERSIGN_TOKEN_URL=url).result["problem"]
    assert problem["code"] == "not_configured"
    assert "COUNTERSIGN_TOKEN_URL" in problem["title"]
    assert "door.example.com" not in problem["title"]


@pytest.mark.slow
@pytest.mark.parametrize("trusted", [True, False])
def test_tls_is_verified(project: Path, tmp_path: Path, trusted: bool) -> None:  # noqa: FBT001 - a case
    """A private CA works when Node is told of it, and no order leaves when Node is not."""
    certificate, key = tmp_path / "door.pem", tmp_path / "door.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1"
    command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Door(context) as door:
        environment = {"NODE_EXTRA_CA_CERTS": str(certificate)} if trusted else {}
        result = Functions(project, door).place_order(**environment).result
        assert result["ok"] == trusted
        assert len(door.orders) == int(trusted)
