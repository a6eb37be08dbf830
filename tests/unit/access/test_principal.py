"""What one or two proofs make of a caller."""

from __future__ import annotations

import pytest

from core.access.principal import Kind, Principal, Proof, principal
from core.errors import Forbidden
from core.routes import ROUTES, Assurance, Door, route

READ, PLACE = "stock:read", "orders:place"
LAYERED = next(r for r in ROUTES if r.assurance is Assurance.LAYERED)


def _key(number: int, *scopes: str, origin: str = "", tenant: str = "main") -> Proof:
    name = f"key/{number}"
    return Proof(Kind.KEY, name, origin or name, tenant, frozenset(scopes))


def test_two_proofs_hold_what_both_hold() -> None:
    """Guarantee: a second proof can only narrow what the first one may do."""
    who = principal(Door.TOKEN, "", (_key(1, READ, PLACE), _key(2, PLACE)))
    assert (who.id, who.proofs) == ("key/1", ("key/1", "key/2"))
    assert who.scopes == {PLACE}


def test_what_a_maker_gives_is_held_by_every_proof() -> None:
    """Guarantee: with two proofs, only what both do or vend can be handed on."""
    first = Proof(Kind.KEY, "key/1", "key/1", "main", frozenset({READ}), frozenset({PLACE}))
    second = Proof(Kind.ROLE, "role/1/R", "role/1/R", "main", frozenset({PLACE}))
    who = principal(Door.SIGNED, "", (first, second))
    assert not who.scopes | who.vends
    assert who.gives == {PLACE}


def test_proofs_of_two_tenants_are_nobody() -> None:
    """Guarantee: two good proofs of different tenants open nothing for either."""
    with pytest.raises(Forbidden):
        principal(Door.TOKEN, "", (_key(1, READ), _key(2, READ, tenant="other")))


def test_a_layered_route_wants_two_origins() -> None:
    """Guarantee: one proof, or two of one origin, do not open a layered route; two do."""
    scope = str(LAYERED.scope)
    for proofs in ((_key(1, scope),), (_key(1, scope), _key(2, scope, origin="key/1"))):
        with pytest.raises(Forbidden):
            principal(Door.TOKEN, "", proofs).require(LAYERED)
    principal(Door.TOKEN, "", (_key(1, scope), _key(2, scope))).require(LAYERED)


def test_a_layered_route_wants_the_scope_of_both() -> None:
    """Guarantee: a second proof without the scope is no second proof."""
    with pytest.raises(Forbidden):
        principal(Door.TOKEN, "", (_key(1, str(LAYERED.scope)), _key(2, READ))).require(LAYERED)


OWN_ROUTE = route("get_order")


def _user(**changed: object) -> Principal:
    known: dict[str, object] = {
        "tenant": "main",
        "id": "client/portal/0123456789abcdef",
        "kind": Kind.TOKEN,
        "door": Door.TOKEN,
        "scopes": frozenset({"orders:own"}),
        "subject": "ann",
        "issuer": "https://login.portal.example",
    }
    return Principal(**(known | changed))  # type: ignore[arg-type]  # by name


def test_a_portals_user_reaches_his_own() -> None:
    """Guarantee: an own scope opens its routes to a user, and only for what is his."""
    _user().require(OWN_ROUTE)
    assert _user().reaches_own(OWN_ROUTE)
    whole = _user(scopes=frozenset({"orders:own", "orders:read"}))
    whole.require(OWN_ROUTE)
    assert not whole.reaches_own(OWN_ROUTE)


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": ""},
        {"issuer": ""},
        {"scopes": frozenset({"customers:own"})},
        {"door": Door.SIGNED},
        *({"kind": kind} for kind in Kind if kind is not Kind.TOKEN),
    ],
)
def test_nobody_else_does(changed: dict[str, object]) -> None:
    """Guarantee: no key, role, session or client has anything of its own, nor any other door."""
    who = _user(**changed)
    assert not who.reaches_own(OWN_ROUTE)
    with pytest.raises(Forbidden):
        who.require(OWN_ROUTE)
    with pytest.raises(Forbidden):
        _user().require(route("list_products"))
