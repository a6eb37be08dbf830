"""`keys bootstrap` and `incident …`: access_admin on moto, invoked as the deployer does."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import certifi
import pytest

from core.access import apikey
from countersign.__main__ import main
from tests.clients_python.served import OPERATOR, lambda_api, quiet
from tests.support import tables
from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.shop import Shop


class Command:
    """Runs `countersign …` against a local run's outputs."""

    def __init__(self, outputs: Path, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
        """Read these outputs."""
        self.shop = shop
        self._outputs = outputs
        self._capsys = capsys
        self.said = ""

    def __call__(self, *words: str, code: int = 0) -> Any:
        """Run a command, check its exit code, and return the JSON that it printed."""
        assert main([*words, "--outputs", str(self._outputs)]) == code
        printed = self._capsys.readouterr()
        self.said = printed.err
        return json.loads(printed.out) if printed.out else None


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Return the command of a deployer."""
    monkeypatch.setenv("ACCESS_TABLE", tables.ACCESS)
    monkeypatch.setenv("AUDIT_TABLE", tables.AUDIT)
    outputs = tmp_path / "outputs.json"
    with open_shop() as shop:
        module = importlib.reload(importlib.import_module("access_admin.handler"))
        with quiet(module.log), lambda_api(module.handler) as url:
            found = {
                "signed_url": "http://127.0.0.1:1/signed",
                "region": "eu-west-1",
                "caller_role_arn": "",
                "aws_endpoint_url": url,
                "aws_ca_bundle": certifi.where(),
                "tenant": "main",
                "access_admin_function": "admin",
            }
            outputs.write_text(json.dumps(found), encoding="utf-8")
            yield Command(outputs, shop, capsys)


def test_a_tenants_first_key_is_made_once(command: Command, tmp_path: Path) -> None:
    """The first is made, into a file here; the second is refused; the record has the person."""
    file = tmp_path / "key"
    made = command("keys", "bootstrap", "--expires-in-days", "7", "--key-file", str(file))
    assert "key" not in made
    name = apikey.read(file.read_text("utf-8").strip())
    assert (name and name.id, made["tenant"]) == (made["id"], "main")
    command("keys", "bootstrap", code=1)
    assert "Traceback" not in command.said
    kept = [json.dumps(item, default=str) for item in command.shop.items(tables.ACCESS)]
    assert any(OPERATOR in one for one in kept)


def test_an_incident_ends_what_was_issued(command: Command) -> None:
    """A tenant's, a principal's, everything's end is made, listed, and a role's taken back."""
    role = "role/123456789012/Caller"
    assert command("incident", "status") == []
    cut = command("incident", "revoke", "--tenant", "main", "--reason", "leak")["cut"]
    assert (cut["tenant"], cut["principal"], cut["reason"]) == ("main", None, "leak")
    assert cut["valid_from"] is not None
    command("incident", "revoke", "--tenant", "main", "--principal", role)
    command("incident", "revoke", "--all")
    listed = {(one["tenant"], one["principal"]) for one in command("incident", "status")}
    assert {(None, None), ("main", None), ("main", role)} <= listed
    back = command("incident", "restore", "--tenant", "main", "--principal", role)["cut"]
    assert back["valid_from"] is None


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--all", "--tenant", "main"],
        ["--principal", "key/x"],
        ["--principal", "key/x", "--all"],
    ],
)
def test_what_is_to_end_is_said_exactly(command: Command, words: list[str]) -> None:
    """No end of anything by default or by half a sentence: wrong usage, exit code 2, no change."""
    before = command.shop.snapshot()
    command("incident", "revoke", *words, code=2)
    assert command.shop.snapshot() == before


def test_a_refusal_is_told_in_words(command: Command) -> None:
    """What the function refuses is a sentence with its code; exit code 1."""
    command("incident", "revoke", "--tenant", "main", "--principal", "nobody", code=1)
    assert "invalid_request" in command.said
