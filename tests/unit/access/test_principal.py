"""What one or two proofs make of a caller."""

from __future__ import annotations

import pytest

from core.access.principal import Kind, Proof, principal
from core.errors import Forbidden
from core.routes import ROUTES, Assurance, Door

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
