"""`countersign hubspot parked`: what an operator types, over the real function and moto."""

from __future__ import annotations

import importlib
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.clock import SystemClock
from core.crm.outcomes import Reason
from core.crm.ports import Parked
from core.store import keys
from core.store.tenancy import StoredTenancy
from core.store.work import StoredWork
from countersign import SettingsError, parked
from countersign.__main__ import main
from countersign.errors import FunctionError
from countersign.target import Target
from tests.support import tables
from tests.support.books import LINGERS, Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

COUNT = 5
"""Parked records: more than two invocations take when each takes two."""


class Context:
    """What the function reads of Lambda's context."""

    aws_request_id = "request-1"


class Lambda:
    """Lambda's Invoke, with the one function in this process."""

    def __init__(self, module: ModuleType) -> None:
        """Keep the function."""
        self._module = module

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Run it, or fail as Lambda does."""
        event = json.loads(Payload)
        if FunctionName != "parked":
            said = {"errorMessage": "no such thing"}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(said).encode())}
        answer = self._module.handler(event, Context())
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class Session(boto3.Session):
    """A session whose Lambda is in this process; all else is moto's."""

    lambda_: Lambda

    def client(self, *names: Any, **told: Any) -> Any:
        """Return a client."""
        return self.lambda_ if names == ("lambda",) else super().client(*names, **told)


@pytest.fixture
def session() -> Iterator[Session]:
    """Return a session with a shop of which HubSpot refused much."""
    with mock_aws(), ThreadPoolExecutor(1) as executor:
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        StoredTenancy(dynamodb, tables.ACCESS).put_tenant("main", "1")
        work = StoredWork(dynamodb, tables.CORE, "main", LINGERS, SystemClock(), executor)
        mug = Books(dynamodb).product("MUG-1")
        home, reason = keys.product("main", "MUG-1"), Reason("VALIDATION_ERROR", "no")
        work.park(Parked("products", mug.id, home, reason, 1, 1), ())
        for number in range(COUNT - 1):
            work.park(Parked("contacts", f"c{number}", home, reason, 1, 2 + number), ())
        environment = {f"{n.upper()}_TABLE": n for n in ("core", "access", "audit")}
        with patch.dict(os.environ, environment):
            module = importlib.reload(importlib.import_module("hubspot_parked.handler"))
        session = Session()
        session.lambda_ = Lambda(module)
        with patch.object(Target, "session", lambda _: session), patch.object(parked, "BATCH", 2):
            yield session


def typed(*words: str) -> int:
    """Run the command."""
    told = ["--function", "parked", "--tenant", "main", "--region", "eu-west-1"]
    return main(["hubspot", "parked", *words, *told])


def test_all_pages_are_listed_as_json(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """`list` shows everything that is parked, oldest first, however many pages that is."""
    assert typed("list") == 0
    shown = json.loads(capsys.readouterr().out)
    assert len(shown) == COUNT
    assert [r["of"] for r in shown] == ["MUG-1"] * COUNT
    assert typed("list", "--kind", "products") == 0
    assert len(json.loads(capsys.readouterr().out)) == 1
    assert list(parked.listed(session, "parked", "main", state="cured")) == []


def test_named_records_are_discarded_in_the_callers_name(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who it was is what STS says of the credentials, not what anybody typed."""
    assert typed("discard", "contacts/c1", "contacts/c2") == 0
    results = json.loads(capsys.readouterr().out)
    assert [r["result"] for r in results] == ["discarded", "discarded"]
    arn = session.client("sts").get_caller_identity()["Arn"]
    gone = list(parked.listed(session, "parked", "main", state="discarded"))
    assert [r["discarded_by"] for r in gone] == [arn, arn]


def test_all_of_a_kind_is_retried(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """`--all` goes through every page, so many records an invocation."""
    assert typed("retry", "--all", "--kind", "contacts") == 0
    results = json.loads(capsys.readouterr().out)
    assert {r["result"] for r in results} == {"owed"}
    assert len(results) == COUNT - 1
    (mug,) = parked.listed(session, "parked", "main", kind="products")
    assert "retried_at" not in mug


def test_what_could_not_be_done_is_an_exit_code(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """The results are printed all the same."""
    assert session
    assert typed("retry", "contacts/c1", "contacts/nobody") == 1
    results = json.loads(capsys.readouterr().out)
    assert [r["result"] for r in results] == ["owed", "not_found"]


@pytest.mark.parametrize(
    "words",
    [
        ("forget",),
        ("retry",),
        ("retry", "c1"),
        ("retry", "contacts/"),
        ("retry", "contacts/c1", "--all"),
        ("retry", "contacts/c1", "--kind", "contacts"),
        ("retry", "--all", "--state", "discarded"),
        ("list", "contacts/c1"),
        ("list", "--all"),
    ],
)
def test_a_slip_changes_nothing(
    session: Session, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a command is refused before anything is asked for, in words."""
    assert typed(*words) in {1, 2}
    assert capsys.readouterr().err.strip()
    assert not [r for r in parked.listed(session, "parked", "main") if "retried_at" in r]


def test_what_the_function_says_is_an_error(session: Session) -> None:
    """Its sentence is the message; a function that fails is one too."""
    with pytest.raises(FunctionError, match="no active tenant"):
        list(parked.listed(session, "parked", "nobody"))
    with pytest.raises(FunctionError, match="no active tenant"):
        parked.change(session, "parked", "nobody", "retry", [{"kind": "x", "id": "y"}])
    with pytest.raises(FunctionError, match="no such thing"):
        list(parked.listed(session, "other", "main"))
    with pytest.raises(SettingsError):
        parked.named(["products"])
