"""The route table: names, paths and doors without a contradiction."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from core.routes import FUNCTIONS, ROUTES, Context, Door, Route, live_at, route

PATH = re.compile(r"/v1(?:/(?:[a-z-]+|\{[a-z_]+\}))+")
ids = [r.name for r in ROUTES]


def test_names_are_unique() -> None:
    """Guarantee: a name finds one route."""
    assert len(set(ids)) == len(ROUTES)
    assert all(route(r.name) is r for r in ROUTES)


@pytest.mark.parametrize("door", list(Door))
def test_method_and_path_are_unique_at_a_door(door: Door) -> None:
    """Guarantee: no call can mean two routes, whatever its path parameters are called."""
    shapes = Counter(
        (r.method, re.sub(r"\{\w+\}", "{}", r.path)) for r in ROUTES if door in r.doors
    )
    assert not [s for s, n in shapes.items() if n > 1]


@pytest.mark.parametrize("each", ROUTES, ids=ids)
def test_a_route_is_well_formed(each: Route) -> None:
    """Guarantee: path, method, doors, scope and query parameters follow their forms."""
    assert PATH.fullmatch(each.path)
    assert each.method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert each.doors
    assert len(set(each.path_parameters)) == len(each.path_parameters)
    assert not each.query or each.method == "GET"
    assert (each.scope is None) == (each.doors == (Door.HUBSPOT,))
    if each.scope is not None:
        assert re.fullmatch(r"[a-z]+:[a-z]+", each.scope)


def test_every_context_has_a_function_and_a_route() -> None:
    """Guarantee: each context is answered by one function, and each function answers something."""
    assert set(FUNCTIONS) == set(Context)
    assert {r.context for r in ROUTES} == set(Context)
    assert len(set(FUNCTIONS.values())) == len(FUNCTIONS)


@pytest.mark.parametrize("door", list(Door))
def test_a_door_deploys_its_live_routes(door: Door) -> None:
    """Guarantee: what is deployed at a door are its live routes, in the table's order."""
    assert live_at(door) == tuple(r for r in ROUTES if r.live and door in r.doors)


def test_unsafe_calls_with_a_scope_carry_a_key() -> None:
    """Guarantee: a POST behind a scope asks for an Idempotency-Key, but for a secret or a read."""
    for each in ROUTES:
        asks = each.method == "POST" and each.scope is not None and not each.shows_once
        assert each.idempotent_by_key == (asks and not each.only_reads)
    assert {r.name for r in ROUTES if r.shows_once} == {
        "create_key",
        "rotate_key",
        "vend_credentials",
    }
    assert {r.name for r in ROUTES if r.only_reads} == {"find_customer"}
