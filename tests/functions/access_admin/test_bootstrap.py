"""A tenant's first key: once, shown once, audited; and what may be asked for it."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.access import apikey
from core.access.keycheck import check_key
from core.access.scopes import SCOPES, VENDABLE
from core.store.access import StoredRegistry
from core.store.tenancy import StoredTenancy
from tests.faults.injector import Fault, injected_into_moto
from tests.support import tables
from tests.support.doors import LambdaContext

if TYPE_CHECKING:
    from tests.functions.access_admin.conftest import Office


def test_the_first_key_opens_everything_unless_told(office: Office) -> None:
    """Guarantee: the answer's key is good at once, for all scopes, and vends all it can."""
    answer = office.ask("bootstrap", tenant="main")
    assert answer["ok"] is True
    assert answer["key"].startswith(answer["prefix"] + "_")
    assert answer["expires_at"] == "2027-02-19T22:35:00.000Z"
    registry = StoredRegistry(office.dynamodb, tables.ACCESS, office.clock)
    proof = check_key(answer["key"], registry, source_ip="", now=office.clock.now())
    assert (proof.tenant, proof.id) == ("main", f"key/{answer['id']}")
    assert (proof.scopes, proof.vends) == (SCOPES, VENDABLE)


def test_the_first_key_can_be_narrow(office: Office) -> None:
    """Guarantee: name, scopes, what it vends and its days are as asked."""
    answer = office.ask(
        "bootstrap",
        tenant="main",
        name="hubspot",
        scopes=["credentials:vend"],
        vends=["orders:place", "stock:read"],
        expires_in_days=7,
    )
    assert answer["name"] == "hubspot"
    assert answer["scopes"] == ["credentials:vend"]
    assert answer["vends"] == ["orders:place", "stock:read"]
    assert answer["expires_at"] == "2026-11-28T22:35:00.000Z"


def test_it_is_made_once_per_tenant(office: Office) -> None:
    """Guarantee: asked again it is refused and nothing is written; another tenant has its own."""
    office.ask("bootstrap", tenant="main")
    before = [office.items(name) for name in (tables.ACCESS, tables.AUDIT)]
    refused = office.ask("bootstrap", tenant="main")
    assert refused["ok"] is False
    assert refused["error"]["code"] == "already_bootstrapped"
    assert [office.items(name) for name in (tables.ACCESS, tables.AUDIT)] == before
    assert office.ask("bootstrap", tenant="other")["ok"]


def test_it_is_audited_with_what_awss_trail_knows(office: Office) -> None:
    """Guarantee: one entry, with the request's id; the operator's own word beside the mark."""
    answer = office.ask("bootstrap", tenant="main", operator="arn:aws:sts::1:assumed-role/A/ana")
    (entry,) = office.items(tables.AUDIT)
    assert (entry["action"], entry["resource"]) == ("key.bootstrap", f"key/{answer['id']}")
    assert (entry["principal"], entry["door"]) == ("operator", "none")
    assert entry["correlation_id"] == LambdaContext.aws_request_id
    assert "ana" not in str(entry)
    (mark,) = [i for i in office.items(tables.ACCESS) if i["sk"] == "BOOTSTRAP"]
    assert mark["by"] == "arn:aws:sts::1:assumed-role/A/ana"


def test_its_text_is_neither_kept_nor_logged(office: Office) -> None:
    """Guarantee: after the answer the text is nowhere: not in a table, not in the log."""
    printed = StringIO()
    with patch.object(office.module.log.registered_handler, "stream", printed):
        answer = office.ask("bootstrap", tenant="main")
        office.ask("bootstrap", tenant="main")
    secret = answer["key"].rsplit("_", 1)[1]
    kept = json.dumps([office.items(n) for n in (tables.ACCESS, tables.AUDIT)], default=str)
    for part in (secret, secret[:20], secret[20:40]):
        assert part not in kept
        assert part not in printed.getvalue()
    assert apikey.digest(answer["key"]) in kept
    assert '"done"' in printed.getvalue()


@pytest.mark.parametrize("tenant", ["nobody", "main"])
def test_a_tenant_that_is_off_has_no_key(office: Office, tenant: str) -> None:
    """Guarantee: for a tenant that is not there, or switched off, nothing is made."""
    StoredTenancy(office.dynamodb, tables.ACCESS).remove_tenant("main")
    assert office.ask("bootstrap", tenant=tenant)["error"]["code"] == "tenant_not_found"
    assert office.items(tables.AUDIT) == []


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({}, "tenant"),
        ({"tenant": 1}, "tenant"),
        ({"tenant": "Main"}, "tenant"),
        ({"tenant": "-"}, "tenant"),
        ({"tenant": "main", "name": 1}, "name"),
        ({"tenant": "main", "name": ""}, "name"),
        ({"tenant": "main", "scopes": "all"}, "scopes"),
        ({"tenant": "main", "scopes": [1]}, "scopes"),
        ({"tenant": "main", "scopes": []}, "scopes"),
        ({"tenant": "main", "scopes": ["all"]}, "scopes.0"),
        ({"tenant": "main", "vends": ["credentials:vend"]}, "vends.0"),
        ({"tenant": "main", "expires_in_days": 366}, "expires_in_days"),
        ({"tenant": "main", "expires_in_days": True}, "expires_in_days"),
        ({"tenant": "main", "expires_in_days": "7"}, "expires_in_days"),
        ({"tenant": "main", "principal": "key/1"}, "principal"),
        ({"tenant": "main", "operator": "x" * 201}, "operator"),
    ],
)
def test_what_is_not_understood_is_refused(
    office: Office, event: dict[str, Any], field: str
) -> None:
    """Guarantee: nothing unknown, nothing of another type, each by its name; nothing is written."""
    before = office.items(tables.ACCESS)
    error = office.ask("bootstrap", **event)["error"]
    assert error["code"] in {"invalid_request", "invalid_key"}
    assert [f["field"] for f in error["fields"]] == [field]
    assert office.items(tables.ACCESS) == before


@pytest.mark.parametrize("action", ["", "delete", "incident", "bootstrap "])
def test_an_unknown_action_is_refused(office: Office, action: str) -> None:
    """Guarantee: only what stands in the list is done."""
    assert office.ask(action, tenant="main")["error"]["code"] == "unknown_action"


def test_contention_is_an_answer(office: Office) -> None:
    """Guarantee: a store that is too busy is told as such, and the first key can be asked again."""
    with injected_into_moto(office.module.dynamodb) as faults:
        faults.decide = lambda _: Fault.CONFLICT
        assert office.ask("bootstrap", tenant="main")["error"]["code"] == "stock_busy"
    assert office.ask("bootstrap", tenant="main")["ok"]
