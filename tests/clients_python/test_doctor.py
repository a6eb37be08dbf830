"""Signatures broken on purpose, and the doctor's word for it; botocore refuses them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.credentials import Credentials

from countersign import Key, Layered, Signed, Token
from countersign.doctor.diagnosis import findings
from countersign.doctor.report import report
from tests.clients_python.patient import POST, Patient, set_to, with_header
from tests.clients_python.people import REGION
from tests.clients_python.wire import HOST


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
