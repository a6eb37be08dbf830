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


def write(table: str, kind: str = "NOTHING") -> Attempt:
    """Write an item of a kind that no other test looks at."""
    item = ITEM | {"pk": {"S": f"main#{kind}#nothing"}}
    return Attempt("dynamodb", "put_item", {"TableName": table, "Item": item})


def update(table: str, kind: str) -> Attempt:
    """Change such an item."""
    key = KEY | {"pk": {"S": f"main#{kind}#nothing"}}
    change = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "2"}}}
    return Attempt("dynamodb", "update_item", {"TableName": table, "Key": key, **change})


def together(*written: Attempt) -> Attempt:
    """Write several items in one transaction."""
    puts = [{"Put": one.arguments} for one in written]
    return Attempt("dynamodb", "transact_write_items", {"TransactItems": puts})


def assume(role: str, name: str) -> Attempt:
    """Assume a role of this account under a name."""
    arn = f"arn:aws:iam::123456789012:role/{role}"
    return Attempt("sts", "assume_role", {"RoleArn": arn, "RoleSessionName": name})


def delete(table: str) -> Attempt:
    """Delete an item."""
    return Attempt("dynamodb", "delete_item", {"TableName": table, "Key": KEY})


def secret(name: str) -> Attempt:
    """Read a secret."""
    return Attempt("secretsmanager", "get_secret_value", {"SecretId": name})


CORE, ACCESS, AUDIT = "Countersign-core", "Countersign-access", "Countersign-audit"
HUBSPOT, WEBHOOK = "Countersign/hubspot/main", "Countersign/hubspot-webhook"

ENTRY = write(AUDIT, "AUDIT")
"""What goes with a change; blocks are the sealer's."""

SESSION = "cs1.main.01m806qsbbxvce4nj5merps3s4.6b49d200"
VENDED, OPERATOR = "Countersign-vended", "Countersign-operator"

SECRETS = [secret(HUBSPOT), secret(WEBHOOK)]
WHO_MAY = [write(ACCESS, kind) for kind in ("ROLE", "TENANT", "ISSUER", "CUT", "CREDENTIAL")]
"""To write any of these is to decide who may call."""

CALLED = [update(ACCESS, "RATE"), update(ACCESS, "USED")]
"""What every call at the signed door may count: its caller's share, and its key's last use."""

NO_AUDIT = [
    *(write(AUDIT, "BLOCKS"), write(AUDIT, "CHAIN")),
    *(delete(AUDIT), update(AUDIT, "AUDIT"), update(AUDIT, "BLOCKS")),
]
"""What would change the record: to tell of other blocks, and to touch what stands."""

ALLOWED = {
    "InventoryApi": [read(CORE), read(ACCESS), ENTRY, *CALLED, secret(WEBHOOK)],
    "OrdersApi": [read(CORE), read(ACCESS), ENTRY, *CALLED, secret(WEBHOOK)],
    "CustomersApi": [read(CORE), read(ACCESS), ENTRY, *CALLED],
    "AccessApi": [
        write(ACCESS, "CREDENTIAL"),
        together(write(ACCESS, "CREDENTIALS"), ENTRY),
        *CALLED,
    ],
    "AccessAdmin": [
        write(ACCESS, "CUT"),
        together(write(ACCESS, "BOOTSTRAP"), write(ACCESS, "CREDENTIAL"), ENTRY),
    ],
    "AuditSealer": [read(AUDIT)],
    "Authorizer": [read(ACCESS), update(ACCESS, "USED")],
    "CredentialsApi": [
        read(ACCESS),
        update(ACCESS, "RATE"),
        ENTRY,
        assume(VENDED, SESSION),
    ],
    "HubspotSync": [read(CORE), read(ACCESS), secret(HUBSPOT)],
    "HubspotProvision": [read(ACCESS), secret(HUBSPOT)],
    "HubspotParked": [read(CORE), read(ACCESS), ENTRY],
    "HubspotWebhook": [secret(WEBHOOK)],
    "Registry": [write(ACCESS, "ROLE"), write(ACCESS, "ISSUER")],
}
"""One of its rights at least, so that a refusal below is not the probe's own fault."""

DENIED = {
    "InventoryApi": [*WHO_MAY, update(ACCESS, "ROLE"), read(AUDIT), *NO_AUDIT, secret(HUBSPOT)],
    "OrdersApi": [*WHO_MAY, update(ACCESS, "ROLE"), read(AUDIT), *NO_AUDIT, secret(HUBSPOT)],
    "CustomersApi": [*WHO_MAY, read(AUDIT), *NO_AUDIT, delete(CORE), *SECRETS],
    "AccessApi": [
        *(write(ACCESS, kind) for kind in ("ROLE", "TENANT", "ISSUER", "CUT", "BOOTSTRAP")),
        *(update(ACCESS, kind) for kind in ("ROLE", "CUT", "CREDENTIALS")),
        together(write(ACCESS, "CREDENTIAL"), write(ACCESS, "ROLE")),
        *(read(CORE), read(AUDIT), delete(ACCESS), assume(VENDED, SESSION), *SECRETS),
    ],
    "AccessAdmin": [
        *(write(ACCESS, kind) for kind in ("ROLE", "TENANT", "ISSUER")),
        together(write(ACCESS, "CUT"), write(ACCESS, "ROLE")),
        *(read(CORE), read(AUDIT), delete(ACCESS), assume(VENDED, SESSION), *SECRETS),
    ],
    "AuditSealer": [*WHO_MAY, *NO_AUDIT[2:], ENTRY, read(CORE), write(CORE), *SECRETS],
    "Authorizer": [
        *(*WHO_MAY, write(ACCESS, "USED"), update(ACCESS, "CREDENTIAL"), update(ACCESS, "RATE")),
        *(read(CORE), write(AUDIT), assume(VENDED, SESSION), *SECRETS),
    ],
    "CredentialsApi": [
        *(*WHO_MAY, update(ACCESS, "CREDENTIAL"), read(CORE), read(AUDIT), *SECRETS),
        *(assume(VENDED, "operator"), assume(OPERATOR, SESSION)),
    ],
    "HubspotSync": [write(ACCESS), write(AUDIT), read(AUDIT), delete(CORE), secret(WEBHOOK)],
    "HubspotProvision": [read(CORE), write(CORE), write(ACCESS), read(AUDIT), secret(WEBHOOK)],
    "HubspotParked": [write(ACCESS), read(AUDIT), delete(AUDIT), delete(CORE), secret(HUBSPOT)],
    "HubspotWebhook": [read(CORE), write(CORE), read(ACCESS), read(AUDIT), secret(HUBSPOT)],
    "Nudge": [read(CORE), write(CORE), write(ACCESS), read(AUDIT), secret(HUBSPOT)],
    "Registry": [
        *(write(ACCESS, "CUT"), write(ACCESS, "BOOTSTRAP"), read(CORE), write(CORE)),
        *(read(AUDIT), *SECRETS),
    ],
    "Sweeper": [write(ACCESS), read(AUDIT), delete(AUDIT), *SECRETS],
}


@pytest.mark.parametrize("function", DENIED)
def test_a_function_can_do_its_own_work_only(system: System, function: str) -> None:
    """Whoever takes a function over gets what that function needs, not the shop."""
    with probe(system, function) as attempt:
        for one in ALLOWED.get(function, []):
            assert attempt(one) == "allowed", one
        for one in DENIED[function]:
            assert attempt(one) in {"AccessDenied", "AccessDeniedException"}, one
