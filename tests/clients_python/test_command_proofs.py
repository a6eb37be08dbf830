"""The command's ways of proving who calls: where secrets are read, and never shown."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import certifi
import pytest

from countersign.__main__ import main
from countersign.commands.options import Place
from tests.clients_python.desk import Desk
from tests.clients_python.issuer import CLIENT, SECRET, token_endpoint
from tests.clients_python.people import ALL, REGION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

VENDS = frozenset({"credentials:vend"})
GET = ["call", "GET", "/v1/stock/A"]


@pytest.fixture
def doors(gateway: Gateway, people: People, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the options that lead to both doors; the person's own AWS credentials are a role's."""
    Desk(gateway, people)
    own = people.role()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", str(own.access_key))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", str(own.secret_key))
    monkeypatch.setenv("AWS_SESSION_TOKEN", str(own.token))
    urls = ["--url", gateway.url("signed"), "--token-url", gateway.url("token")]
    return [*urls, "--region", REGION]


def test_a_key_is_read_from_the_environment_a_file_or_stdin(
    doors: list[str], people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the three is taken, with or without the line's end."""
    text = people.key()
    file = tmp_path / "key"
    file.write_text(f"{text}\n", encoding="utf-8")
    as_key = [*GET, *doors, "--as", "key"]
    assert main([*as_key, "--api-key-file", str(file)]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{text}\n"))
    assert main([*as_key, "--api-key-file", "-"]) == 0
    monkeypatch.setenv("COUNTERSIGN_API_KEY", text)
    assert main(as_key) == 0


def test_no_option_takes_a_secret() -> None:
    """Arguments are seen by every process of the machine: no option's help offers one for it."""
    for command in (["call"], ["keys", "create"], ["credentials"], ["doctor"]):
        run = [sys.executable, "-m", "countersign", *command, "--help"]
        said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        for option in ("--api-key ", "--token ", "--client-secret", "--vending-key "):
            assert option not in said


@pytest.mark.parametrize(
    ("way", "named"),
    [
        ("key", "COUNTERSIGN_API_KEY"),
        ("token", "COUNTERSIGN_TOKEN"),
        ("vended", "COUNTERSIGN_API_KEY"),
        ("signed+key", "COUNTERSIGN_API_KEY"),
    ],
)
def test_a_missing_secret_is_named(
    doors: list[str], capsys: pytest.CaptureFixture[str], way: str, named: str
) -> None:
    """The variable that would hold it is in the sentence; exit code 1."""
    assert main([*GET, *doors, "--as", way]) == 1
    assert named in capsys.readouterr().err


def test_two_layers_of_keys_want_two_keys(
    doors: list[str],
    people: People,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One key cannot be both proofs: the command says so before it calls."""
    layered = ["call", "GET", "/v1/keys", *doors, "--as", "vended+key"]
    monkeypatch.setenv("COUNTERSIGN_API_KEY", people.key())
    assert main(layered) == 1
    assert "two keys" in capsys.readouterr().err
    monkeypatch.setenv("COUNTERSIGN_VENDING_KEY", people.key(scopes=VENDS, vends=ALL))
    assert main(layered) == 0


def test_a_token_by_client_credentials(
    doors: list[str],
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Fetched from the issuer; its secret comes from the environment and goes nowhere else."""
    with token_endpoint(people) as issuer:
        asked = [*GET, *doors, "--as", "token", "--token-endpoint", issuer.url, "--client-id"]
        assert main([*asked, CLIENT]) == 1
        assert "COUNTERSIGN_CLIENT_SECRET" in capsys.readouterr().err
        monkeypatch.setenv("COUNTERSIGN_CLIENT_SECRET", SECRET)
        assert main([*asked, CLIENT]) == 0
    printed = capsys.readouterr()
    assert SECRET not in printed.out + printed.err


def test_credentials_are_printed_as_asked(
    doors: list[str],
    people: People,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the API's JSON, for a shell, and as AWS's `credential_process` wants them."""
    monkeypatch.setenv("COUNTERSIGN_API_KEY", people.key(scopes=VENDS, vends=ALL))
    assert main(["credentials", *doors]) == 0
    body = json.loads(capsys.readouterr().out)
    assert people.sessions[body["access_key_id"]].credentials.secret_key
    assert main(["credentials", *doors, "--format", "env"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("=")[0] for line in lines] == [
        "export AWS_ACCESS_KEY_ID",
        "export AWS_SECRET_ACCESS_KEY",
        "export AWS_SESSION_TOKEN",
    ]
    assert main(["credentials", *doors, "--format", "process"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(told) == [
        "AccessKeyId",
        "Expiration",
        "SecretAccessKey",
        "SessionToken",
        "Version",
    ]


def test_doctor_tells_and_counts(
    doors: list[str],
    people: People,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 0 for a call that is answered, 1 for one that is refused, with the finding."""
    asked = ["doctor", "GET", "/v1/stock/A", *doors]
    assert main(asked) == 0
    assert "Nothing is wrong" in capsys.readouterr().out
    text = people.key()
    monkeypatch.setenv("COUNTERSIGN_API_KEY", text[:-1] + ("a" if text[-1] != "a" else "b"))
    assert main([*asked, "--as", "key"]) == 1
    told = capsys.readouterr().out
    assert "✗ key_mistyped" in told
    assert text[40:] not in told


def test_what_is_named_wins_over_a_local_runs_outputs(
    gateway: Gateway, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `make run`'s outputs, too, a tenant and a role that one names count."""
    Desk(gateway, people)
    found = {"signed_url": "", "region": REGION, "caller_role_arn": "arn:aws:iam::1:role/own"}
    found |= {"aws_endpoint_url": "http://127.0.0.1:1", "aws_ca_bundle": certifi.where()}
    found |= {"token_url": gateway.url("token")}
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(found), encoding="utf-8")
    monkeypatch.setenv("COUNTERSIGN_API_KEY", people.key())
    local = ["--outputs", str(outputs), "--as", "key", "--tenant", "main"]
    assert main([*GET, *local]) == 0
    assert gateway.received[0].headers["countersign-tenant"] == "main"
    assert (
        Place(outputs=outputs).target("arn:aws:iam::1:role/other").role_arn
        == "arn:aws:iam::1:role/other"
    )
    assert Place(outputs=outputs).target().role_arn == "arn:aws:iam::1:role/own"
