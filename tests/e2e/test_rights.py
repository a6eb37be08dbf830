"""What each function may do where it runs: its own work, and nothing besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.probe import Attempt, probe

if TYPE_CHECKING:
    from local.system import System

KEY = {"pk": {"S": "main#NOTHING"}, "sk": {"S": "NOTHING"}}
ITEM = KEY | {"n": {"N": "1"}}


def read(table: str) -> Attempt:
    """Read an item."""
    return Attempt("dynamodb", "get_item", {"TableName": table, "Key": KEY})


def write(table: str) -> Attempt:
    """Write an item that no other test looks at."""
    return Attempt("dynamodb", "put_item", {"TableName": table, "Item": ITEM})


def delete(table: str) -> Attempt:
    """Delete an item."""
    return Attempt("dynamodb", "delete_item", {"TableName": table, "Key": KEY})


def secret(name: str) -> Attempt:
    """Read a secret."""
    return Attempt("secretsmanager", "get_secret_value", {"SecretId": name})


CORE, ACCESS, AUDIT = "Countersign-core", "Countersign-access", "Countersign-audit"
HUBSPOT, WEBHOOK = "Countersign/hubspot/main", "Countersign/hubspot-webhook"

ALLOWED = {
    "InventoryApi": [read(CORE), read(ACCESS), write(AUDIT)],
    "OrdersApi": [read(CORE), read(ACCESS), write(AUDIT)],
    "HubspotSync": [read(CORE), read(ACCESS), secret(HUBSPOT)],
    "HubspotProvision": [read(ACCESS), secret(HUBSPOT)],
    "HubspotParked": [read(CORE), read(ACCESS), write(AUDIT)],
    "HubspotWebhook": [secret(WEBHOOK)],
    "Registry": [write(ACCESS)],
}
"""One of its rights at least, so that a refusal below is not the probe's own fault."""

DENIED = {
    "InventoryApi": [write(ACCESS), read(AUDIT), delete(AUDIT), secret(HUBSPOT), secret(WEBHOOK)],
    "OrdersApi": [write(ACCESS), read(AUDIT), delete(AUDIT), secret(HUBSPOT), secret(WEBHOOK)],
    "HubspotSync": [write(ACCESS), write(AUDIT), read(AUDIT), delete(CORE), secret(WEBHOOK)],
    "HubspotProvision": [read(CORE), write(CORE), write(ACCESS), read(AUDIT), secret(WEBHOOK)],
    "HubspotParked": [write(ACCESS), read(AUDIT), delete(AUDIT), delete(CORE), secret(HUBSPOT)],
    "HubspotWebhook": [read(CORE), write(CORE), read(ACCESS), read(AUDIT), secret(HUBSPOT)],
    "Nudge": [read(CORE), write(CORE), write(ACCESS), read(AUDIT), secret(HUBSPOT)],
    "Registry": [read(CORE), write(CORE), read(AUDIT), secret(HUBSPOT), secret(WEBHOOK)],
    "Sweeper": [write(ACCESS), read(AUDIT), delete(AUDIT), secret(HUBSPOT), secret(WEBHOOK)],
}


@pytest.mark.parametrize("function", DENIED)
def test_a_function_can_do_its_own_work_only(system: System, function: str) -> None:
    """Whoever takes a function over gets what that function needs, not the shop."""
    with probe(system, function) as attempt:
        for one in ALLOWED.get(function, []):
            assert attempt(one) == "allowed", one
        for one in DENIED[function]:
            assert attempt(one) in {"AccessDenied", "AccessDeniedException"}, one
