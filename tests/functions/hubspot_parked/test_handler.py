"""The function for parked records: what it answers to every event, and that it never raises."""

from __future__ import annotations

import importlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core.clock import SystemClock
from core.contention import Contended
from core.crm.outcomes import Reason
from core.crm.ports import Parked
from core.store import keys
from core.store.tenancy import StoredTenancy
from core.store.work import StoredWork
from tests.support import tables
from tests.support.books import LINGERS, Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

ME = "arn:aws:iam::1:user/ada"


@dataclass(frozen=True, slots=True)
class Context:
    """What the function reads of Lambda's context."""

    aws_request_id: str = "request-1"


class Function:
    """The function as deployed, with a product that HubSpot refused."""

    def __init__(self, executor: Executor) -> None:
        """Deploy it into moto."""
        self.dynamodb = dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        for tenant in ("main", "other"):
            tenancy.put_tenant(tenant, "1")
        self.books = Books(dynamodb)
        clock = SystemClock()
        self.work = StoredWork(dynamodb, tables.CORE, "main", LINGERS, clock, executor)
        self.id = self.books.product("MUG-1").id
        self.park("products", self.id)
        environment = {
            "CORE_TABLE": tables.CORE,
            "ACCESS_TABLE": tables.ACCESS,
            "AUDIT_TABLE": tables.AUDIT,
        }
        with patch.dict(os.environ, environment):
            self.module = importlib.reload(importlib.import_module("hubspot_parked.handler"))

    def park(self, kind: str, record: str) -> None:
        """Let HubSpot refuse a record."""
        home = keys.product("main", "MUG-1")
        reason = Reason("VALIDATION_ERROR", "Not a number.", ("INVALID_NUMBER",))
        self.work.park(Parked(kind, record, home, reason, 1, 1_795_300_500_000), ())

    def run(self, **event: Any) -> dict[str, Any]:
        """Invoke it; event and answer must survive JSON, as Lambda demands."""
        event = json.loads(json.dumps({"tenant": "main", **event}))
        answer: dict[str, Any] = json.loads(json.dumps(self.module.handler(event, Context())))
        return answer

    def change(self, action: str, kind: str = "products", record: str = "", **more: Any) -> Any:
        """Retry or discard one record; return its result."""
        named = {"kind": kind, "id": record or self.id}
        answer = self.run(action=action, records=[named], **{"operator": ME, **more})
        (one,) = answer["records"]
        assert one | named == one
        assert answer["ok"] is not bool(answer["problems"])
        return one["result"]

    def audited(self) -> list[tuple[str, str, str, str]]:
        """Return who did what to what through which invocation."""
        items = self.dynamodb.scan(TableName=tables.AUDIT)["Items"]
        names = ("principal", "action", "resource", "correlation_id")
        found = [tuple(i[n]["S"] for n in names) for i in items]
        return [(a, b, c, d) for a, b, c, d in found if b.startswith("parked")]


@pytest.fixture
def function() -> Iterator[Function]:
    """Return the function, deployed."""
    with mock_aws(), ThreadPoolExecutor(1) as executor:
        yield Function(executor)


def test_a_listing_shows_what_an_operator_needs(function: Function) -> None:
    """Kind, id, SKU, reason, since when, how often, and how many orders wait."""
    function.work.wait("products", function.id, ["o1"])
    answer = function.run(action="list")
    assert answer["ok"]
    assert answer["next"] is None
    assert answer["records"] == [
        {
            "kind": "products",
            "id": function.id,
            "of": "MUG-1",
            "state": "parked",
            "category": "VALIDATION_ERROR",
            "codes": ["INVALID_NUMBER"],
            "message": "Not a number.",
            "refusals": 1,
            "waiting_orders": 1,
            "since": "2026-11-21T22:35:00.000Z",
            "refused_at": "2026-11-21T22:35:00.000Z",
        }
    ]
    assert function.run(action="list", kind="contacts")["records"] == []
    assert function.run(action="list", state="discarded")["records"] == []


def test_a_listing_goes_on_where_it_ended(function: Function) -> None:
    """`next` of one page is `after` of the next."""
    for number in range(3):
        function.park("contacts", f"c{number}")
    first = function.run(action="list", limit=3)
    second = function.run(action="list", limit=3, after=first["next"])
    assert len(first["records"]) == 3
    assert len({r["id"] for r in first["records"] + second["records"]}) == 4
    assert second["next"] is None


def test_retry_and_discard_are_done_and_audited(function: Function) -> None:
    """Each leaves an entry with the operator's name and the invocation's id."""
    assert function.change("retry") == "owed"
    assert function.change("discard") == "discarded"
    shown = function.run(action="list", state="discarded")["records"][0]
    assert (shown["discarded_by"], "discarded_at" in shown) == (ME, True)
    resource = f"parked/products/{function.id}"
    assert sorted(function.audited()) == [
        (f"operator/{ME}", "parked.discard", resource, "request-1"),
        (f"operator/{ME}", "parked.retry", resource, "request-1"),
    ]


def test_a_second_discard_changes_nothing(function: Function) -> None:
    """Who said so first, and when, stays written down."""
    function.change("discard")
    assert function.change("discard", operator="arn:aws:iam::1:user/bob") == "discarded"
    assert function.run(action="list", state="discarded")["records"][0]["discarded_by"] == ME
    assert len(function.audited()) == 1


def test_what_is_cured_is_told_and_left_alone(function: Function) -> None:
    """A retry of it is fine, discarding it is not."""
    function.work.unpark("products", function.id)
    assert function.change("retry") == "cured"
    assert function.change("discard") == "cured"
    assert function.run(action="list")["records"] == []
    assert [r["id"] for r in function.run(action="list", state="cured")["records"]] == [function.id]
    assert function.audited() == []


@pytest.mark.parametrize("action", ["retry", "discard"])
@pytest.mark.parametrize(
    ("tenant", "kind", "record"),
    [
        ("main", "products", "nobody"),
        ("main", "contacts", None),
        ("main", "LEVELS", None),
        ("main", "", ""),
        ("other", "products", None),
    ],
)
def test_what_is_not_there_or_not_his_is_not_found(
    function: Function, action: str, tenant: str, kind: str, record: str | None
) -> None:
    """Unknown ids, unknown kinds and another tenant's records look the same."""
    named = {"kind": kind, "id": function.id if record is None else record}
    answer = function.run(tenant=tenant, action=action, operator=ME, records=[named])
    assert answer["records"] == [{**named, "result": "not_found"}]
    assert not answer["ok"]
    assert function.audited() == []


def test_one_result_per_record(function: Function) -> None:
    """What is not found does not keep the others from being done; a repeat counts once."""
    function.park("contacts", "c1")
    named = [{"kind": "contacts", "id": i} for i in ("c1", "c2", "c1")]
    answer = function.run(action="retry", operator=ME, records=named)
    assert [r["result"] for r in answer["records"]] == ["owed", "not_found"]
    assert answer["problems"] == ["contacts/c2: not_found"]


def test_a_busy_store_is_told_per_record(function: Function) -> None:
    """Contention that does not end is a result, and nothing is half done."""

    def contended(*_: object) -> None:
        raise Contended

    with (
        patch.object(function.module.store, "retry", contended),
        patch("core.contention.PATIENCE_MS", 50),
    ):
        assert function.change("retry") == "busy"
    assert function.audited() == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"action": "erase"},
        {"action": ["list"]},
        {"action": "list", "state": "lost"},
        {"action": "list", "kind": "deals"},
        {"action": "list", "limit": 0},
        {"action": "list", "limit": 101},
        {"action": "list", "limit": "9"},
        {"action": "list", "limit": True},
        {"action": "list", "after": ""},
        {"action": "list", "records": []},
        {"action": "retry", "operator": ME},
        {"action": "retry", "operator": ME, "records": []},
        {"action": "retry", "operator": ME, "records": [{"kind": "products"}]},
        {"action": "retry", "operator": ME, "records": [{"kind": 1, "id": "x"}]},
        {"action": "retry", "operator": ME, "records": ["products/x"]},
        {"action": "retry", "operator": ME, "records": [{"kind": "x", "id": "x" * 3_000}]},
        {"action": "retry", "operator": ME, "records": [{"kind": "x", "id": "x"}] * 101},
        {"action": "discard", "records": [{"kind": "products", "id": "x"}]},
        {"action": "discard", "operator": "", "records": [{"kind": "products", "id": "x"}]},
        {"action": "discard", "operator": ME, "records": [], "force": True},
    ],
)
def test_an_event_that_makes_no_sense_is_told(function: Function, event: dict[str, Any]) -> None:
    """What is wrong is said in a sentence; nothing is guessed and nothing done."""
    answer = function.run(**event)
    assert answer["ok"] is False
    assert answer["problems"][0].startswith("The event is not valid: ")
    assert "records" not in answer
    assert function.audited() == []


@pytest.mark.parametrize("tenant", ["nobody", "", None, 7, "main#SKU", "m" * 3_000])
def test_an_unknown_tenant_is_told(function: Function, tenant: object) -> None:
    """No tenant, no records."""
    answer = function.run(tenant=tenant, action="list")
    assert "no active tenant" in answer["problems"][0]
    assert "records" not in answer


def test_a_listing_of_a_busy_store_is_told(function: Function) -> None:
    """A throttled read is a sentence too."""
    with patch.object(function.module.store, "page", side_effect=Contended):
        assert "busy" in function.run(action="list")["problems"][0]
