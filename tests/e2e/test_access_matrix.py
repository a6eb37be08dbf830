"""The access matrix on the deployed system: every cell with PROOF=1, else a seeded sample."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from local.tls import tls_files
from tests.matrix.desk import furnished
from tests.matrix.expected import FORBIDDEN, IN, UNAUTHENTICATED, expected
from tests.matrix.present import PRESENT
from tests.matrix.routes import ROWS
from tests.matrix.tokens import Mint
from tests.matrix.ways import WAYS, Shown
from tests.support.issuer import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.system import System
    from tests.matrix.desk import Desk
    from tests.matrix.routes import Row
    from tests.matrix.ways import Way

pytestmark = pytest.mark.slow

WHOLE = os.environ.get("PROOF") == "1"
SEED = 20_261_122
TRIED = [way for way in WAYS if way.shown is Shown.EMULATOR]


@pytest.fixture(scope="module")
def desk(system: System, matrix_ports: tuple[int, int]) -> Iterator[Desk]:
    """Serve two issuers and hand out every kind of credential to tenants of the matrix's own."""
    tls = tls_files(system.state / "tls")
    with served(tls, matrix_ports[0]) as issuer, served(tls, matrix_ports[1]) as other:
        yield furnished(system, Mint.publish(issuer, other))


def test_every_way_can_be_gone() -> None:
    """Guarantee: what the matrix says of a way is really tried, but for policy's own ways."""
    assert {(way.door, way.name) for way in TRIED} == set(PRESENT)


@pytest.mark.parametrize("way", TRIED, ids=lambda w: f"{w.door} door, {w.name}")
def test_a_way_leads_where_the_rules_say(desk: Desk, way: Way) -> None:
    """Guarantee: at every route, this way gets in, or is told 401 or 403, as the rules say."""
    rows = _rows(way)
    found = [_tried(desk, way, row) for row in rows]
    wrong = {
        row.name: f"{seen}, not {expected(row, way)}"
        for row, seen in zip(rows, found, strict=True)
        if seen != expected(row, way)
    }
    assert not wrong


def _rows(way: Way) -> list[Row]:
    """Return the routes to try: one that the door has, a layered one, and one that it lacks."""
    if WHOLE:
        return list(ROWS)
    chance = random.Random(f"{SEED}{way.door}{way.name}")  # noqa: S311 - a sample, not a secret
    there = [row for row in ROWS if way.door in row.doors and not row.layered]
    layered = [row for row in ROWS if way.door in row.doors and row.layered]
    absent = [row for row in ROWS if way.door not in row.doors]
    return [chance.choice(some) for some in (there, layered, absent) if some]


def _tried(desk: Desk, way: Way, row: Row) -> str:
    status = desk.send(PRESENT[way.door, way.name](desk, row)).status_code
    if status >= 500:
        return f"failed with {status}"
    return {401: UNAUTHENTICATED, 403: FORBIDDEN}.get(status, IN)
