"""Who was let in and is no more, and who is registered from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.doors import ACCOUNT, as_role
from tests.support.problems import assert_problem
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop

STRANGER = "999999999999"


def test_a_switched_off_tenant_is_refused(shop: Shop) -> None:
    """Guarantee: for a tenant that was removed nobody calls any more."""
    shop.tenancy.remove_tenant("main")
    assert_problem(shop.door.place(order()), 403, "forbidden")


def test_a_switched_off_role_is_refused(shop: Shop) -> None:
    """Guarantee: a role that was removed is a stranger."""
    shop.tenancy.remove_role(ACCOUNT, "Caller")
    assert_problem(shop.door.place(order()), 403, "forbidden")


def test_a_role_that_never_was_can_be_removed(shop: Shop) -> None:
    """Guarantee: removing what is not there leaves nothing that a later call stumbles over."""
    shop.tenancy.remove_role(ACCOUNT, "Ghost")
    shop.tenancy.remove_tenant("ghost")
    assert_problem(shop.door.place(order(), identity=as_role("Ghost")), 403, "forbidden")
    assert not [i for i in shop.snapshot() if "host" in i["pk"]["S"] + i["sk"]["S"]]


def test_a_registered_role_of_another_account_is_let_in(shop: Shop) -> None:
    """Guarantee: roles are known by account and name, so a foreign account's can be registered."""
    shop.stock("A", 10)
    shop.tenancy.put_role(STRANGER, "Partner", {"main": ("orders:place",)})
    assert shop.door.place(order(), identity=as_role("Partner", STRANGER)).status == 201
