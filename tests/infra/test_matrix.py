"""The cells of the access matrix that a policy evaluation shows: roles of other accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.evaluator import ALLOWED, Call, decide, deployed
from tests.infra.synth import FOREIGN, OWN
from tests.infra.test_signed_policy import call, policy
from tests.matrix.expected import FORBIDDEN, IN, expected
from tests.matrix.routes import ROWS, SIGNED
from tests.matrix.ways import WAYS, Shown

if TYPE_CHECKING:
    from tests.infra.templates import Templates
    from tests.matrix.ways import Way

CALLERS = {
    "role: foreign account": (FOREIGN, "other"),
    "role: trust by name only": (FOREIGN, "Countersign-reader"),
}
"""Each with every right of its own account's policies."""

EVALUATED = [way for way in WAYS if way.shown is Shown.POLICY]


def test_every_way_is_evaluated() -> None:
    """Guarantee: what the matrix says to be shown by evaluation is evaluated here."""
    assert {way.name for way in EVALUATED} == set(CALLERS)
    assert {way.door for way in EVALUATED} == {SIGNED}


@pytest.mark.parametrize("way", EVALUATED, ids=lambda w: w.name)
def test_a_foreign_role_is_decided_on_as_the_rules_say(way: Way, every_option: Templates) -> None:
    """Guarantee: a role that nobody registered gets in nowhere, whatever it is called."""
    rows = [row for row in ROWS if way.door in row.doors]
    written = deployed(policy(every_option), OWN)
    calls = [
        Call(resource_policy=written, **call(CALLERS[way.name], f"{row.method}{row.call}"))
        for row in rows
    ]
    found = [IN if decision == ALLOWED else FORBIDDEN for decision in decide(*calls)]
    assert found == [expected(row, way) for row in rows]
