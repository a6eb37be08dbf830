"""403: everybody but a registered role with the scope, at the door that proves it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.doors import ACCOUNT, Reply, as_role
from tests.support.problems import assert_problem, nothing_written
from tests.support.shop import open_shop, order
from tests.support.tables import AUDIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.shop import Shop

STRANGER = "999999999999"
_IAM = f"arn:aws:iam::{ACCOUNT}"

CALLERS: dict[str, dict[str, Any]] = {
    "an IAM user": {"identity": {"userArn": f"{_IAM}:user/Caller"}},
    "the account's root": {"identity": {"userArn": f"{_IAM}:root"}},
    "the role itself, no session": {"identity": {"userArn": f"{_IAM}:role/Caller"}},
    "a federated user": {
        "identity": {"userArn": f"arn:aws:sts::{ACCOUNT}:federated-user/Caller/session-1"}
    },
    "nobody": {"identity": {"userArn": None, "accountId": None, "caller": None}},
    "a role not registered": {"identity": as_role("Stranger")},
    "a role in other case": {"identity": as_role("caller")},
    "the same name in another account": {"identity": as_role("Caller", STRANGER)},
    "another account beside the ARN": {"identity": as_role("Caller") | {"accountId": STRANGER}},
    "a session name with a slash": {"identity": as_role("Caller", session="a/b")},
    "a role that may only read": {"identity": as_role("Reader")},
    "a tenant that is not granted": {"headers": {"Countersign-Tenant": "other"}},
    "a tenant that is not there": {"headers": {"Countersign-Tenant": "nowhere"}},
    "an empty tenant": {"headers": {"Countersign-Tenant": ""}},
    "one of two tenants not named": {"identity": as_role("Both")},
    "an unknown stage": {"stage": "prod"},
    "no stage": {"stage": ""},
    "the token door": {"stage": "token"},
    "a vended role's odd session": {"identity": as_role("Vended")},
    "a vended role's unknown credential": {
        "identity": as_role("Vended", session="cs1.main.key1.6a0c0e00")
    },
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Return one shop for the whole file, since strangers leave no trace."""
    with open_shop() as opened:
        opened.stock("A", 10)
        yield opened


def _place(shop: Shop, how: dict[str, Any]) -> Reply:
    return shop.door.place(order(), **copy.deepcopy(how))


@pytest.mark.parametrize("how", CALLERS.values(), ids=CALLERS)
def test_a_stranger_is_refused(shop: Shop, how: dict[str, Any]) -> None:
    """Guarantee: the caller learns nothing of why, and nothing is written."""
    with nothing_written(shop):
        reply = _place(shop, how)
    assert_problem(reply, 403, "forbidden")
    assert reply.json["detail"] == "You are not allowed to do this."


def test_every_refusal_is_the_same_to_the_byte(shop: Shop) -> None:
    """Guarantee: no stranger can tell what exists from how he is refused."""
    assert len({_place(shop, how).text for how in CALLERS.values()}) == 1


def test_who_is_refused_hears_nothing_of_his_body(shop: Shop) -> None:
    """Guarantee: who calls is settled before the body is looked at."""
    assert shop.door.place("{", identity=as_role("Stranger")).status == 403
    assert shop.door.place("x" * 10**6, identity=as_role("Reader")).status == 403


def test_that_a_known_caller_was_denied_is_written_down(shop: Shop) -> None:
    """Guarantee: who, which route, by which door and proofs; a stranger leaves nothing to fill."""
    before = {item["sk"] for item in shop.items(AUDIT)}
    shop.door.place(order(), identity=as_role("Stranger"))
    shop.door.place(order(), identity=as_role("Reader"))
    (entry,) = [item for item in shop.items(AUDIT) if item["sk"] not in before]
    assert (entry["action"], entry["resource"]) == ("place_order", "route/place_order")
    assert (entry["result"], entry["door"]) == ("denied", "signed")
    assert entry["principal"] == f"role/{ACCOUNT}/Reader"
    assert entry["proofs"] == [entry["principal"]]
    assert entry["correlation_id"]
