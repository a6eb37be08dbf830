"""The access matrix as data: it speaks of every route, and a widened route contradicts it."""

from __future__ import annotations

import pytest

from core.routes import ROUTES, Assurance, Route
from tests.matrix.expected import IN, expected
from tests.matrix.routes import ROWS
from tests.matrix.ways import WAYS

BY_NAME = {row.name: row for row in ROWS}


def test_the_matrix_speaks_of_every_route() -> None:
    """Guarantee: no route is deployed of which the matrix does not say who gets in."""
    assert {f"{r.method} {r.path}" for r in ROUTES} == set(BY_NAME)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name)
def test_a_widened_route_contradicts_the_matrix(route: Route) -> None:
    """Guarantee: another scope, one more door or one proof less in the route table turns red."""
    row = BY_NAME[f"{route.method} {route.path}"]
    assert row.scope == (route.scope or "")
    assert row.own == (route.own or "")
    assert row.doors == tuple(route.doors)
    assert row.layered == (route.assurance is Assurance.LAYERED)


def test_whoever_is_faulty_gets_in_nowhere() -> None:
    """Guarantee: no rule lets a defect in, at any door, on any route."""
    for way in WAYS:
        if not way.proofs or any(proof.faulty for proof in way.proofs):
            assert all(expected(row, way) != IN for row in ROWS), way.name


def test_every_route_lets_somebody_in() -> None:
    """Guarantee: the rules are not simply a refusal of everyone."""
    for row in ROWS:
        for door in row.doors:
            assert any(w.door == door and expected(row, w) == IN for w in WAYS), (row.name, door)
