"""Keys, tokens and rights that do not do, and the doctor's word for it; `core` refuses them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.access import apikey as core_apikey
from countersign import Key, Layered, Signed, Token, apikey
from countersign.doctor.diagnosis import findings
from countersign.doctor.report import report
from tests.clients_python.patient import Patient, with_header
from tests.clients_python.people import ALL, REGION

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_token_that_ended_or_does_not_count_yet(patient: Patient) -> None:
    """Times are read from the token and compared with the service's clock."""
    assert patient.codes(Token(patient.people.token(lasts=-60))) == ["token_expired"]
    later = patient.people.token(nbf=4_000_000_000, lasts=4_000_000_000)
    assert patient.codes(Token(later)) == ["token_not_yet"]
    assert patient.codes(Token("opaque")) == ["token_unreadable"]
    assert patient.codes(Token(patient.people.token(aud="another"))) == ["token_unaccepted"]


def test_an_unregistered_role_and_a_missing_scope(patient: Patient) -> None:
    """The door does not tell these apart, and so the doctor says so, and names how to find out."""
    for who in (
        patient.people.session("nobody"),
        patient.people.role("reader", frozenset({"orders:read"})),
    ):
        [found] = findings(patient.observed(Signed(REGION, who)))
        assert (found.code, found.certain) == ("scope", False)
        assert "--operator" in found.do
    key = Key(patient.people.key(scopes=frozenset({"orders:read"})))
    assert patient.codes(key) == ["scope"]


def test_a_route_that_does_not_exist(patient: Patient) -> None:
    """API Gateway answers as if nothing had been signed; the doctor knows better."""
    assert patient.codes(Signed(REGION, patient.people.role()), ("GET", "/v1/nothing", None)) == [
        "no_route"
    ]


def test_one_proof_of_two(patient: Patient) -> None:
    """On a layered route a single proof is refused; the second is named as what may lack."""
    [found] = findings(
        patient.observed(Signed(REGION, patient.people.role()), ("GET", "/v1/keys", None))
    )
    assert "signed+key" in found.do


def test_a_revoked_key(patient: Patient) -> None:
    """A well-formed key that is not taken; its secret is in no word."""
    text = patient.people.key()
    patient.people.revoke(text)
    seen = patient.observed(Key(text))
    [found] = findings(seen)
    assert (seen.status, found.code, found.certain) == (401, "key_unusable", False)
    assert "revoked" in found.says
    assert text not in report(seen, [found])
    assert text[40:60] not in report(seen, [found])


@pytest.mark.parametrize("slip", [lambda k: k[:-1], lambda k: k[:50] + "0" + k[51:], str.upper])
def test_a_mistyped_key(patient: Patient, slip: Callable[[str], str]) -> None:
    """The checksum tells a slip from a revoked key without asking anybody."""
    text = patient.people.key()
    wrong = slip(text) if slip(text) != text else text[:50] + "1" + text[51:]
    [found] = findings(patient.observed(Key(wrong)))
    assert (found.code, found.certain) == ("key_mistyped", True)
    assert wrong[30:] not in found.says


def test_a_wrong_tenant_header(patient: Patient) -> None:
    """A tenant that the role was not granted is named; a key's own tenant is known for certain."""
    role = Signed(REGION, patient.people.role())
    [found] = findings(patient.observed(role, tenant="other"))
    assert found.code == "tenant_or_scope"
    assert "tenant other" in found.says
    layered = Layered(role, Key(patient.people.key(scopes=ALL)))
    keys = ("GET", "/v1/keys", None)
    assert patient.codes(layered, keys, tenant="other") == ["tenant"]


def test_no_proof_at_the_token_door(patient: Patient) -> None:
    """A key that a proxy dropped."""
    key = Key(patient.people.key())
    assert patient.codes(key, change=with_header("X-API-Key", None)) == ["no_proof"]


def test_a_busy_door_is_no_refusal(patient: Patient) -> None:
    """429 is told as what it is, with its wait."""
    patient.gateway.serve = lambda _call: (429, {"Retry-After": "7"}, "{}")
    [found] = findings(patient.observed(Key(patient.people.key())))
    assert (found.code, "wait 7 s" in found.says) == ("busy", True)


def test_the_clients_checksum_is_the_services() -> None:
    """A key that the service makes is well-formed to the client, whatever its chance."""
    for number in range(50):
        text = core_apikey.make("main", "0123456789abcdefghjkmnpqrs", bytes([number] * 32))
        assert apikey.fault(text) is None
        assert (apikey.tenant_of(text), apikey.shown(text)) == (
            "main",
            "csk_main_0123456789abcdefghjkmnpqrs",
        )
        assert apikey.fault(text[:-2] + text[-1] + text[-2]) or text[-1] == text[-2]


def test_an_answer_that_is_no_problem_is_no_trouble(patient: Patient) -> None:
    """A proxy's page instead of JSON still leads to a report."""
    patient.gateway.serve = lambda _call: (502, {}, "<html>")
    seen = patient.observed(Key(patient.people.key()))
    assert "No reason can be seen" in report(seen, findings(seen))
    assert json.dumps(dict(seen.body))
