"""The logger from end to end: what reaches standard output holds nobody's data and no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRETS = (
    "ann@example.org",
    "4111111111111111",
    "+442079460018",
    "pat-na1-11111111-2222-3333-4444-555555555555",
    "AKIAIOSFODNN7EXAMPLE",
    "hunter2",
)
PROGRAM = """
import sys
from core.log import logger
log = logger("test")
a, card, phone, pat, key, password = sys.argv[1:]
log.append_keys(caller=a, nested={"client_secret": password})
log.info("mail %s paid %s", a, card)
log.info({"text": f"call {phone}", "password": password})
log.warning("extra", user=a, tokens=[pat, key], headers={"Authorization": password})
log.info("stdlib extra", extra={"user": {"email": a}})
log.info("object", error=ValueError(a), both={a: 1})
try:
    raise RuntimeError(f"{a} {pat}") from KeyError(key)
except RuntimeError as error:
    error.add_note(f"{phone} {card}")
    log.exception("failed for %s", a)
    log.error("failed", exc_info=error)
child = log
child.debug("below the level")
raise LookupError(f"{a} {card} {phone} {pat} {key}")
"""


@pytest.fixture(scope="module")
def output() -> subprocess.CompletedProcess[str]:
    """Run a program that logs secrets in every way there is, and dies of an uncaught error."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *SECRETS],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "functions"), "POWERTOOLS_LOG_LEVEL": "INFO"},
    )


def test_no_secret_reaches_the_log(output: subprocess.CompletedProcess[str]) -> None:
    """Guarantee: message, arguments, extra keys, stack traces, notes, uncaught errors: all masked.

    What the interpreter itself would print of an uncaught error is masked too.
    """
    printed = output.stdout + output.stderr
    assert not [s for s in SECRETS if s in printed], printed


def test_every_line_is_json_and_says_who_speaks(output: subprocess.CompletedProcess[str]) -> None:
    """Guarantee: each line is one JSON object with level, service and message."""
    lines = [json.loads(line) for line in output.stdout.splitlines()]
    assert len(lines) == 8
    assert {line["service"] for line in lines} == {"test"}
    assert [line["level"] for line in lines] == [
        *("INFO", "INFO", "WARNING", "INFO", "INFO", "ERROR", "ERROR", "ERROR"),
    ]


def test_what_is_harmless_stays_readable(output: subprocess.CompletedProcess[str]) -> None:
    """Guarantee: masking leaves the words around what it hides."""
    first = json.loads(output.stdout.splitlines()[0])
    assert first["message"].startswith("mail ")
    assert " paid " in first["message"]
