"""Rights on single kinds of item in the access table, by an evaluator that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.ids import DEPLOYMENT
from core.store import keys
from tests.infra.evaluator import ALLOWED, NO_ALLOW, REGION, Request, decide
from tests.infra.granted import policy_statements
from tests.infra.synth import OWN

if TYPE_CHECKING:
    from tests.infra.templates import Templates

TABLE = f"arn:aws:dynamodb:{REGION}:{OWN}:table/Countersign-access"
ID = "01m806qsbbxvce4nj5merps3s4"

ITEMS = {
    "credential": keys.credential("main", ID).pk,
    "list": keys.listed_credentials("main"),
    "role": keys.role(OWN, "operator").pk,
    "tenant": keys.tenant("main").pk,
    "list of tenants": keys.tenants(),
    "cut of a tenant": keys.cut("main", "all").pk,
    "cut of all": keys.cut(DEPLOYMENT, "all").pk,
    "list of cuts": keys.cuts("main"),
    "issuer": keys.issuer("https://issuer.example").pk,
    "bootstrap": keys.bootstrap("main").pk,
    "rate": keys.rate("main", f"role/{OWN}/operator").pk,
    "used": keys.used("main", ID).pk,
}
"""A partition key of each kind, as the functions make them."""

KEYS = {"credential", "list"}
DECLARED = {"credential", "issuer", "role", "tenant", "list of tenants"}
WRITES: dict[str, dict[str, set[str]]] = {
    "Handlers/InventoryApi": {"UpdateItem": {"rate", "used"}, "PutItem": set()},
    "Handlers/OrdersApi": {"UpdateItem": {"rate", "used"}, "PutItem": set()},
    "Handlers/CustomersApi": {"UpdateItem": {"rate", "used"}, "PutItem": set()},
    "Handlers/AccessApi": {"UpdateItem": {"credential", "rate", "used"}, "PutItem": KEYS},
    "Handlers/AccessAdmin": {
        "UpdateItem": set(),
        "PutItem": KEYS | {"bootstrap", "cut of a tenant", "cut of all", "list of cuts"},
    },
    "Handlers/Registry": dict.fromkeys(("UpdateItem", "PutItem"), DECLARED),
    "TokenDoor/Authorizer": {"UpdateItem": {"used"}, "PutItem": set()},
    "TokenDoor/CredentialsApi": {"UpdateItem": {"rate"}, "PutItem": set()},
}
"""Which kinds of item each function may write, by DynamoDB's action; none may delete any."""


def rights(templates: Templates, function: str) -> Any:
    """Return what a function's role may do with the access table, as it stands on AWS."""
    role = templates.one("AWS::IAM::Role", f"Countersign{function}/Role")
    own = []
    for statement in policy_statements(role):
        written = templates.written(role.stack, statement)
        if "Data/Access.Arn" in str(written["Resource"]):
            own.append(written | {"Resource": TABLE})
    return {"Version": "2012-10-17", "Statement": own}


@pytest.mark.parametrize("function", list(WRITES))
def test_a_function_writes_its_own_kinds_of_item_only(function: str, production: Templates) -> None:
    """Whoever takes over a function that counts calls can change no role, key or cut."""
    policy = rights(production, function)
    cases = [(action, kind) for action in ("UpdateItem", "PutItem", "DeleteItem") for kind in ITEMS]
    decisions = decide(
        *(
            Request(
                account=OWN,
                principal=f"arn:aws:sts::{OWN}:assumed-role/function/run",
                action=f"dynamodb:{action}",
                resource=TABLE,
                identity=policy,
                context={"dynamodb:LeadingKeys": [ITEMS[kind]]},
            )
            for action, kind in cases
        )
    )
    expected = {
        (action, kind): ALLOWED if kind in WRITES[function].get(action, set()) else NO_ALLOW
        for action, kind in cases
    }
    assert dict(zip(cases, decisions, strict=True)) == expected
