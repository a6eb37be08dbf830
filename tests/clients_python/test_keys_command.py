"""`countersign keys …` against the real handlers on moto: what is shown, once, and what is kept."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from core.access import apikey
from countersign.__main__ import main
from tests.clients_python.people import ALL, REGION
from tests.clients_python.served import quiet, through
from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients_python.gateway import Gateway
    from tests.clients_python.people import People

Json = dict[str, Any]


class Command:
    """Runs `countersign keys …` as a manager with two proofs."""

    def __init__(self, gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
        """Call this gateway."""
        self.gateway = gateway
        self._capsys = capsys
        self.said = ""

    def __call__(self, *words: str, code: int = 0) -> Any:
        """Run a command, check its exit code, and return the JSON that it printed."""
        place = ["--url", self.gateway.url("signed"), "--region", REGION]
        assert main(["keys", *words, *place]) == code
        printed = self._capsys.readouterr()
        self.said = printed.err
        return json.loads(printed.out) if printed.out else None


@pytest.fixture
def keys(
    gateway: Gateway,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Command]:
    """Return the command, of a manager whose AWS credentials and key are in the environment."""
    with open_shop() as shop:  # which sets credentials of its own
        own = people.role()
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", str(own.access_key))
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", str(own.secret_key))
        monkeypatch.setenv("AWS_SESSION_TOKEN", str(own.token))
        monkeypatch.setenv("COUNTERSIGN_API_KEY", people.key(scopes=ALL, vends=ALL))
        for made in people.registry.credentials.values():
            shop.put_credential(made)
        gateway.serve = through(shop)
        with quiet(*(module.edge.log for module in shop.handlers)):
            yield Command(gateway, capsys)


def test_a_key_from_making_to_its_end(keys: Command) -> None:
    """Made, listed by its prefix, rotated with an overlap, revoked; each as the API has it."""
    made = keys("create", "portal", "--scope", "stock:read", "--network", "203.0.113.0/24")
    assert apikey.read(made["key"]) is not None
    assert (made["scopes"], made["networks"]) == (["stock:read"], ["203.0.113.0/24"])
    listed = keys("list", "--prefix", made["prefix"])
    assert [one["id"] for one in listed] == [made["id"]]
    assert "key" not in listed[0]
    turned = keys("rotate", made["id"], "--overlap-seconds", "60")
    assert turned["key"] != made["key"]
    assert keys("list", "--prefix", made["prefix"])[0]["rotated_to"] == turned["id"]
    assert keys("revoke", turned["id"])["status"] == "revoked"
    assert keys("revoke", turned["id"])["status"] == "revoked"


def test_a_new_key_can_go_into_a_file(keys: Command, tmp_path: Path) -> None:
    """Then it is printed nowhere, and its owner alone can read it."""
    file = tmp_path / "key"
    made = keys("create", "portal", "--scope", "stock:read", "--key-file", str(file))
    assert "key" not in made
    text = file.read_text("utf-8").strip()
    assert apikey.read(text) is not None
    assert text not in keys.said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_key_is_made_whose_text_would_be_lost(keys: Command, tmp_path: Path) -> None:
    """A file that is there already ends the command before it calls; a refusal leaves no file."""
    file = tmp_path / "key"
    file.write_text("another key", encoding="utf-8")
    keys("create", "portal", "--scope", "stock:read", "--key-file", str(file), code=1)
    assert "nothing was done" in keys.said
    assert keys.gateway.received == []
    assert file.read_text("utf-8") == "another key"
    keys("create", "portal", "--scope", "no:such", "--key-file", str(tmp_path / "b"), code=1)
    assert not (tmp_path / "b").exists()


def test_a_refusal_names_its_field(keys: Command) -> None:
    """More than the maker holds, an unknown scope, and a second rotation: in words, exit code 1."""
    keys("create", "x", "--scope", "no:such", code=1)
    assert "scopes" in keys.said
    keys("create", "x", "--scope", "orders:manage", code=1)
    assert "403" in keys.said
    made = keys("create", "x", "--scope", "stock:read")
    keys("rotate", made["id"], "--overlap-seconds", "0")
    keys("rotate", made["id"], "--overlap-seconds", "0", code=1)
    assert "409" in keys.said


def test_what_is_shown_once_is_called_once(keys: Command) -> None:
    """A lost answer is not asked for again: the person is told to look for the key."""
    serve = keys.gateway.serve

    def lose(call: Any) -> Any:
        serve(call)
        raise ConnectionAbortedError

    keys.gateway.serve = lose
    keys("create", "portal", "--scope", "stock:read", code=1)
    assert "may have been made" in keys.said
    assert len(keys.gateway.received) == 1


def test_all_pages_are_listed(keys: Command) -> None:
    """However many keys there are, each is listed once, oldest first."""
    made = [keys("create", f"k{n}", "--scope", "stock:read")["id"] for n in range(3)]
    serve = keys.gateway.serve

    def one_at_a_time(call: Any) -> Any:
        target = call.request.target
        extra = "&limit=1" if "?" in target else "?limit=1"
        changed = type(call.request)(
            call.request.method, target + extra, call.request.headers, call.request.body
        )
        return serve(type(call)(call.route, call.principal, changed, call.path))

    keys.gateway.serve = one_at_a_time
    assert [one["id"] for one in keys("list")] == made
