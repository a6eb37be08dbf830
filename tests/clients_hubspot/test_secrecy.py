"""What a function shows and where it sends: neither a secret nor a person leaks."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.clients_hubspot.conftest import ORDER, PlaceOrder
from tests.clients_hubspot.door import CREDENTIALS, Answer, Door

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = (CREDENTIALS.access_key, CREDENTIALS.secret_key, str(CREDENTIALS.token))
PERSON = {"email": "ada@example.org", "first_name": "Adelheid", "phone": "+44 20 7946 0000"}


@pytest.mark.parametrize("status", [201, 400, 403, 422, 500])
def test_no_secret_is_shown(place_order: PlaceOrder, door: Door, status: int) -> None:
    """Neither result nor log holds a credential, even when the answer repeats the whole request."""
    if status != 201:
        echo = f"The Canonical String should have been {' '.join(SECRETS)} {PERSON['email']}"
        door.planned.append(Answer(status, {"message": echo}, {"retry-after": "60"}))
    ran = place_order(ORDER | {"customer": PERSON})
    assert ran.result["ok"] == (status == 201)
    for secret in SECRETS:
        assert secret not in ran.stdout + ran.stderr
    for value in PERSON.values():
        assert value not in ran.stderr


def test_a_redirect_is_not_followed(place_order: PlaceOrder, door: Door) -> None:
    """Credentials go to the door and nowhere else: a redirect is a refusal."""
    with Door() as elsewhere:
        door.planned.append(Answer(307, headers={"location": elsewhere.url}))
        assert place_order().result["problem"]["status"] == 307
        assert elsewhere.received == []


@pytest.mark.parametrize("url", ["http://door.example.com/signed", "door.example.com", ""])
def test_a_bad_url_is_named(place_order: PlaceOrder, url: str) -> None:
    """Only https, or loopback, is called; the answer says which secret is wrong, not its value."""
    problem = place_order(COUNTERSIGN_URL=url).result["problem"]
    assert problem["code"] == "not_configured"
    assert "COUNTERSIGN_URL" in problem["title"]
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
        result = PlaceOrder(project, door)(**environment).result
        assert result["ok"] == trusted
        assert len(door.orders) == int(trusted)
