"""What the README shows of the doctor is what the doctor says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from countersign import Client, Signed, Target
from countersign.doctor.diagnosis import findings
from countersign.doctor.exchange import observe
from countersign.doctor.report import report
from tests.clients_python.people import REGION
from tests.clients_python.wire import HOST, wired

if TYPE_CHECKING:
    from requests import PreparedRequest

    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

README = Path(__file__).resolve().parents[2] / "clients" / "python" / "README.md"
CHANGING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{8}T\d{6}Z")


def test_the_example_is_the_doctors_own(gateway: Gateway, people: People) -> None:
    """Every line of the example is produced anew here, but for the request's id and time."""

    def decode_spaces(request: PreparedRequest) -> None:
        request.url = str(request.url).replace("%20", "+")

    target = Target(f"https://{HOST}/signed", REGION)
    with Client(target, flavour=Signed(REGION, people.role())) as client:
        wired(client, gateway.port, decode_spaces)
        seen = observe(client, "GET", "/v1/orders?state=placed&cursor=a%20b")
    text = CHANGING.sub("…", report(seen, findings(seen)))
    assert text in CHANGING.sub("…", README.read_text("utf-8"))
