"""The gateway that stands in where the client is tested answers as the templates do."""

from __future__ import annotations

from infra.problems import ANSWERS
from tests.clients_python import gateway


def test_its_refusals_are_the_templates_own() -> None:
    """Guarantee: what the client's doctor is tested on has the status and code of production."""
    for kind, (status, code) in gateway.ANSWERS.items():
        assert (ANSWERS[kind].status, ANSWERS[kind].code) == (status, code), kind
