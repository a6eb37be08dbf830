"""`countersign hubspot check`: what an operator types and reads, over the real function."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from core.crm.scopes import NEEDED
from countersign.__main__ import main
from countersign.target import Target
from tests.support.running_twin import TOKEN

if TYPE_CHECKING:
    import pytest

    from tests.functions.hubspot_check.scene import Checked


class Session(boto3.Session):
    """A session whose Lambda is the function in this process."""

    checked: Checked

    def client(self, *names: Any, **_told: Any) -> Any:
        """Return Lambda."""
        assert names == ("lambda",)
        return self

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Run the function."""
        assert FunctionName == "check"
        answer = self.checked.module.handler(json.loads(Payload), None)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def test_the_command_says_it_in_words(checked: Checked, capsys: pytest.CaptureFixture[str]) -> None:
    """All fine exits 0; a finding exits 1 with what, why and what to do."""
    session = Session()
    session.checked = checked
    typed = ["hubspot", "check", "--function", "check", "--tenant", "main", "--region", "eu-west-1"]
    with patch.object(Target, "session", lambda _: session):
        assert main(typed) == 0
        assert "✓ All is as it must be." in capsys.readouterr().out
        checked.grant(TOKEN, NEEDED - {"e-commerce"})
        assert main(typed) == 1
        out = capsys.readouterr().out
        assert "✗ The token lacks the scope e-commerce." in out
        assert "What to do: " in out
        assert main([*typed, "--json"]) == 1
        assert '"code": "scope_missing"' in capsys.readouterr().out
        checked.tenancy.remove_tenant("main")
        assert main(typed) == 1
        assert "no active tenant" in capsys.readouterr().err
