"""`countersign hubspot reconcile`: what an operator types, over the real function."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from countersign.__main__ import main
from countersign.target import Target
from tests.support.direct_twin import direct_twin
from tests.support.quick_moto import quick_moto
from tests.support.reconcile_function import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = ["--function", "reconcile", "--tenant", "main", "--region", "eu-west-1"]


class Session:
    """A session whose Lambda is the function in this process."""

    def __init__(self, function: Function) -> None:
        """Keep the function."""
        self._function = function

    def client(self, _name: str, **_: Any) -> Session:
        """Return Lambda."""
        return self

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Run it."""
        assert FunctionName == "reconcile"
        answer = self._function.invoke(**json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """Return the function, which the command invokes."""
    with quick_moto(), direct_twin() as twin:
        made = Function(twin)
        monkeypatch.setattr(Target, "session", lambda _self: Session(made))
        yield made


def test_a_run_is_begun_and_looked_at(
    function: Function, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: the command begins a full run and returns; `status` shows it when it is done."""
    assert main(["hubspot", "reconcile", "--full", *PLACE]) == 0
    assert json.loads(capsys.readouterr().out)["current"]["mode"] == "full"
    function.take()
    capsys.readouterr()
    assert main(["hubspot", "reconcile", "status", *PLACE]) == 0
    assert json.loads(capsys.readouterr().out)["full"]["mended"] == 0


@pytest.mark.usefixtures("function")
def test_a_second_word_says_that_a_run_is_in_hand(capsys: pytest.CaptureFixture[str]) -> None:
    """Guarantee: nothing is begun twice, and the command's status says so."""
    assert main(["hubspot", "reconcile", *PLACE]) == 0
    assert main(["hubspot", "reconcile", *PLACE]) != 0
    assert "A run is in hand already." in capsys.readouterr().err
