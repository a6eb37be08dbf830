"""What is loaded when: cryptography only when the first token is verified."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.tokens.conftest import Desk

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"

SCRIPT = """
import json, sys
from core.access.issuer import parse_issuer
from core.clock import SystemClock
from core.tokens.download import download
from core.tokens.verifier import TokenVerifier

def loaded():
    return sorted({"jwt", "cryptography", "pydantic", "hubspot", "boto3"} & set(sys.modules))

issuer = parse_issuer(json.loads(sys.argv[1]))
class Clock(SystemClock):
    def now(self):
        return int(sys.argv[3])
verifier = TokenVerifier({issuer.id: issuer}.get, download, Clock())
before = loaded()
try:
    verifier.verify("not.a.token")
except Exception:
    refused = loaded()
verifier.verify(sys.argv[2])
print(json.dumps([before, refused, loaded()]))
"""


def test_cryptography_comes_with_the_first_token(desk: Desk) -> None:
    """Guarantee: neither import nor a malformed token loads PyJWT or cryptography."""
    from core.access.issuer import plain

    arguments = [json.dumps(plain(desk.issuer)), desk.token(), str(desk.clock.now())]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=FUNCTIONS,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    before, refused, after = json.loads(done.stdout)
    assert before == []
    assert refused == []
    assert after == ["cryptography", "jwt"]
