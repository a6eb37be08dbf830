"""Lambda's entry, in an interpreter of its own: what a function raises or its libraries log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
MAIL, KEY = "ann@example.org", "AKIAIOSFODNN7EXAMPLE"
LAMBDA = """
import logging, sys, traceback
logging.getLogger().addHandler(logging.StreamHandler(sys.stdout))
try:
    from core.entry import handler
    print("answer", handler({"a": 1}, None))
except Exception as error:
    traceback.print_exception(error)
"""
"""Calls the entry as Lambda does, which itself writes what libraries log and what is raised."""


@pytest.fixture
def called(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Return what calls a function whose handler.py is this text."""

    def call(source: str) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "made_up"
        folder.mkdir()
        (folder / "handler.py").write_text(source, "utf-8")
        path = os.pathsep.join((str(ROOT / "functions"), str(tmp_path)))
        environment = {**os.environ, "PYTHONPATH": path, "POWERTOOLS_SERVICE_NAME": "made_up"}
        return subprocess.run(
            [sys.executable, "-c", LAMBDA],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=environment,
        )

    return call


def test_a_handlers_answer_passes_as_it_is(called: Callable[..., Any]) -> None:
    """Guarantee: the entry changes neither event nor answer."""
    done = called(
        f'def handler(event, context):\n    return {{"{MAIL}": event["a"], "c": context}}\n'
    )
    assert done.stdout == f"answer {{'{MAIL}': 1, 'c': None}}\n"
    assert not done.stderr


@pytest.mark.parametrize(
    "source",
    [
        f'def handler(event, context):\n    raise LookupError("{MAIL}") from KeyError("{KEY}")\n',
        f'handler = None\nraise LookupError("at the start, {MAIL} {KEY}")\n',
    ],
    ids=["in the handler", "at the cold start"],
)
def test_what_is_raised_is_masked_and_keeps_its_name(
    called: Callable[..., Any], source: str
) -> None:
    """Guarantee: log, trace and failed invocations get an error's name, and nobody's data."""
    done = called(source)
    printed = done.stdout + done.stderr
    assert "LookupError" in done.stderr
    assert '"level":"ERROR"' in done.stdout.replace(" ", "")
    for secret in (MAIL, KEY):
        assert secret not in "".join(_without_source(printed))


def test_an_error_that_tells_nothing_is_raised_as_it_is(called: Callable[..., Any]) -> None:
    """Guarantee: what API Gateway or a queue reads of an error is not changed without need."""
    done = called('def handler(event, context):\n    raise Exception("Unauthorized")\n')
    assert done.stderr.rstrip().endswith("Exception: Unauthorized")
    assert not done.stdout


def test_what_libraries_log_is_masked(called: Callable[..., Any]) -> None:
    """Guarantee: urllib3's warning of a call that it repeats holds no address of a person."""
    done = called(
        "import logging\n"
        "def handler(event, context):\n"
        f"    logging.getLogger('urllib3').warning('Retrying %s', '/contacts/{MAIL}')\n"
        "    try:\n"
        f"        raise ValueError('{KEY}')\n"
        "    except ValueError:\n"
        "        logging.getLogger('botocore').exception('failed')\n"
    )
    assert "Retrying /contacts/" in done.stdout
    assert "ValueError: " in done.stdout
    assert MAIL not in done.stdout
    assert f"ValueError: {KEY}" not in done.stdout


def _without_source(printed: str) -> list[str]:
    """Leave out the lines of source that a stack trace quotes: here they hold the data itself."""
    return [line for line in printed.splitlines() if not line.startswith("    ")]
