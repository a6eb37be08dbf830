"""Each thing broken on purpose, and the doctor's word for it; botocore and `core` refuse."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.credentials import Credentials

from core.access import apikey as core_apikey
from countersign import Client, Key, Layered, Signed, Target, Token, apikey
from countersign.doctor.diagnosis import findings
from countersign.doctor.exchange import Exchange, observe
from countersign.doctor.report import report
from countersign.retry import RetryPolicy
from tests.clients_python.people import ALL, REGION
from tests.clients_python.wire import HOST, wired

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest

    from countersign.flavours import Flavour
    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

ONCE = RetryPolicy(attempts=1)
GET = ("GET", "/v1/stock/A?limit=5&cursor=a%20b", None)
POST = ("POST", "/v1/orders", {"currency": "GBP"})


@dataclass(slots=True)
class Patient:
    """Calls of one caller to a deployment on AWS, as its host names have it."""

    gateway: Gateway
    people: People

    def observed(
        self,
        flavour: Flavour,
        call: tuple[str, str, object] = GET,
        *,
        change: Callable[[PreparedRequest], None] = lambda _request: None,
        tenant: str | None = None,
        base: str = f"https://{HOST}",
        stage: str | None = None,
    ) -> Exchange:
        """Make a call and return what was seen of it."""
        door = flavour.door
        url = f"{base}/{door if stage is None else stage}".rstrip("/")
        target = Target(url, REGION, token_url=url, tenant=tenant)
        with Client(target, ONCE, flavour) as client:
            return observe(wired(client, self.gateway.port, change), *call)

    def codes(self, flavour: Flavour, *args: object, **more: object) -> list[str]:
        """Return the codes of what the doctor finds."""
        seen = self.observed(flavour, *args, **more)  # type: ignore[arg-type]
        return [one.code for one in findings(seen)]


@pytest.fixture
def patient(gateway: Gateway, people: People) -> Patient:
    """Return a patient."""
    return Patient(gateway, people)


def set_to(**changes: object) -> Callable[[PreparedRequest], None]:
    """Return what sets attributes of a request after it was proven."""

    def change(request: PreparedRequest) -> None:
        for name, value in changes.items():
            setattr(request, name, value)

    return change


def with_header(name: str, value: str | None) -> Callable[[PreparedRequest], None]:
    """Return what sets or removes a header after the proof."""

    def change(request: PreparedRequest) -> None:
        request.headers.pop(name, None)
        if value is not None:
            request.headers[name] = value

    return change


def test_a_call_that_is_answered_has_nothing_wrong(patient: Patient) -> None:
    """A healthy call gets no finding, through each door and with two proofs."""
    role = Signed(REGION, patient.people.role())
    for flavour in (role, Key(patient.people.key()), Token(patient.people.token())):
        assert patient.observed(flavour).status == 200
        assert patient.codes(flavour) == []
    keys = ("GET", "/v1/keys", None)
    assert patient.codes(Layered(role, Key(patient.people.key())), keys) == []


@pytest.mark.parametrize("minutes", [20, -20])
def test_a_clock_off_by_twenty_minutes(patient: Patient, minutes: int) -> None:
    """The clock is named, with how far and to which side, and nothing else is."""
    patient.gateway.ahead = timedelta(minutes=minutes)
    seen = patient.observed(Signed(REGION, patient.people.role()))
    [found] = findings(seen)
    assert (seen.status, found.code, found.certain) == (403, "clock", True)
    assert f"20 minutes {'behind' if minutes > 0 else 'ahead of'}" in found.says


def test_a_wrong_region(patient: Patient) -> None:
    """The API's own host name says where it is."""
    flavour = Signed("us-east-1", patient.people.role())
    [found] = findings(patient.observed(flavour))
    assert found.code == "region"
    assert "us-east-1" in found.says
    assert "eu-west-1" in found.says + found.do


def test_a_wrong_service(patient: Patient) -> None:
    """Signed for Lambda instead of API Gateway."""
    assert patient.codes(Signed(REGION, patient.people.role(), "lambda")) == ["service"]


def test_a_wrong_host(patient: Patient) -> None:
    """A proxy that rewrites Host after the signature; another API's host is named from outputs."""
    role = Signed(REGION, patient.people.role())
    assert patient.codes(role, change=with_header("Host", "proxy.internal")) == ["host"]
    seen = patient.observed(role)
    wrong = replace(
        seen,
        status=403,
        headers={"x-amzn-errortype": "InvalidSignatureException"},
        expected=replace(seen.expected, host="other.execute-api.eu-west-1.amazonaws.com"),
    )
    assert [one.code for one in findings(wrong)] == ["host"]


def test_a_missing_stage(patient: Patient) -> None:
    """The URL without /signed at its end."""
    assert patient.codes(Signed(REGION, patient.people.role()), stage="") == ["stage"]


def test_a_body_changed_after_signing(patient: Patient) -> None:
    """Middleware that re-formats JSON breaks the signature; the content's hash shows it."""
    role = Signed(REGION, patient.people.role())
    changed = set_to(body=b'{ "currency": "GBP" }')
    assert patient.codes(role, POST, change=changed) == ["body"]
    assert patient.codes(role, POST) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/stock/B?limit=5&cursor=a%20b", "path"),
        ("/v1/stock/%41?limit=5&cursor=a%20b", "path"),
        ("/v1/stock/A?limit=6&cursor=a%20b", "query"),
        ("/v1/stock/A?limit=5&cursor=a%2520b", "query"),
    ],
)
def test_a_path_or_query_encoded_anew(patient: Patient, path: str, code: str) -> None:
    """What a proxy decodes, encodes twice or changes is named, with both spellings."""
    role = Signed(REGION, patient.people.role())
    changed = set_to(url=f"https://{HOST}/signed{path}")
    assert patient.codes(role, change=changed) == [code]


def test_a_query_in_another_order_is_no_fault(patient: Patient) -> None:
    """SigV4 sorts parameters: order alone is neither refused nor named."""
    role = Signed(REGION, patient.people.role())
    changed = set_to(url=f"https://{HOST}/signed/v1/stock/A?cursor=a%20b&limit=5")
    assert patient.observed(role, change=changed).status == 200
    assert patient.codes(role, change=changed) == []


def test_a_method_changed_after_signing(patient: Patient) -> None:
    """POST that leaves as PUT."""
    role = Signed(REGION, patient.people.role())
    assert patient.codes(role, POST, change=set_to(method="PUT")) == ["method"]


def test_a_signed_header_lost(patient: Patient) -> None:
    """A proxy that drops what the signature covers."""
    role = Signed(REGION, patient.people.role())
    assert patient.codes(role, change=with_header("x-amz-content-sha256", None)) == ["header"]


def test_a_signature_lost(patient: Patient) -> None:
    """A call that arrives without its Authorization."""
    role = Signed(REGION, patient.people.role())
    assert patient.codes(role, change=with_header("Authorization", None)) == ["unsigned"]


def test_a_wrong_secret(patient: Patient) -> None:
    """All that was sent is what was signed: the secret is left; no word of the report has it."""
    right = patient.people.role()
    wrong = Credentials(right.access_key, "wr0ng" * 8, right.token)
    seen = patient.observed(Signed(REGION, wrong))
    [found] = findings(seen)
    assert (found.code, found.certain) == ("secret", True)
    text = report(seen, [found])
    assert "same, byte for byte" in text
    assert not any(hidden in text for hidden in ("wr0ng", str(right.token)))


def test_unknown_and_ended_credentials(patient: Patient) -> None:
    """An access key that AWS does not know, and a session that is over, are told apart."""
    stranger = Credentials("ASIANOBODY", "secret", "token")
    assert patient.codes(Signed(REGION, stranger)) == ["access_key"]
    role = patient.people.role()
    patient.people.sessions[str(role.access_key)].ended = True
    assert patient.codes(Signed(REGION, role)) == ["expired"]


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


def test_the_report_shows_where_they_part(patient: Patient) -> None:
    """Both canonical requests stand side by side, a mark under the first character that differs."""
    role = Signed(REGION, patient.people.role())
    changed = set_to(url=f"https://{HOST}/signed/v1/stock/A?limit=6&cursor=a%20b")
    seen = patient.observed(role, change=changed)
    lines = report(seen, findings(seen)).splitlines()
    row = next(n for n, text in enumerate(lines) if text.startswith("✗ cursor=a%20b&limit=5"))
    assert "│ cursor=a%20b&limit=6" in lines[row]
    assert lines[row + 1].index("^") == lines[row].index("5")
    assert "character 20" in lines[row + 1]


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
