"""The `countersign` command: what a person types and reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from countersign.__main__ import main
from tests.clients_hubspot.door import CREDENTIALS, REGION, Answer

if TYPE_CHECKING:
    from tests.clients_hubspot.door import Door


@pytest.fixture(autouse=True)
def own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the person have AWS credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIALS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", str(CREDENTIALS.token))


def test_a_call_prints_the_answer_as_json(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is the answer alone, so it can be piped on."""
    order = '{"currency": "GBP", "lines": []}'
    call = ["call", "post", "/v1/orders", "-d", order, "--url", door.url, "--region", REGION]
    assert main(call) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["id"] == "order-1"
    assert printed.err.strip() == "201"
    assert door.received[0].headers["idempotency-key"]


def test_a_refusal_is_told_in_words(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    """Code, sentence and each field on standard error, and exit code 1."""
    error = {"field": "lines.0.sku", "code": "unknown_sku", "message": "No such SKU."}
    door.planned += [Answer(422, {"code": "unknown_sku", "detail": "Unknown.", "errors": [error]})]
    assert main(["call", "GET", "/v1/orders/x", "--url", door.url, "--region", REGION]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "422 unknown_sku: Unknown." in printed.err
    assert "lines.0.sku" in printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--url", "https://example.com"], "needs --region"),
        (["--outputs", "/nowhere/outputs.json"], "start `make run`"),
    ],
)
def test_what_is_missing_is_named(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No stack trace for a forgotten option or a run that is not there."""
    assert main(["call", "GET", "/v1/orders/x", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_a_body_that_is_not_json_is_named(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip in the typed body ends before anything is sent."""
    call = ["call", "POST", "/v1/orders", "-d", "{", "--url", door.url, "--region", REGION]
    assert main(call) == 1
    assert "not JSON" in capsys.readouterr().err
    assert door.received == []


@pytest.mark.parametrize(
    "arguments", [["nope"], ["call", "GET"], ["call", "GET", "/v1/stock", "--nope"], ["hubspot"]]
)
def test_wrong_usage_has_its_own_exit_code(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that cannot be understood ends with 2 and says how it is used, before any call."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert "Usage: countersign" in printed.out + printed.err


def test_aws_that_refuses_is_told_in_words(
    door: Door, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that is not there is a sentence, never a stack trace."""
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    call = ["call", "GET", "/v1/stock", "--url", door.url, "--region", REGION]
    assert main([*call, "--profile", "nobody"]) == 1
    assert "nobody" in capsys.readouterr().err
