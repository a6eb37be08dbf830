"""What a failed call is taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from countersign.errors import NoAnswerError, RefusedError, problem
from countersign.importing.outcomes import Refused, Unknown, attempt
from countersign.retry import IN_FLIGHT

if TYPE_CHECKING:
    from countersign.errors import CountersignError
    from countersign.importing.outcomes import Outcome


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (problem(409, {"code": IN_FLIGHT}), Unknown),
        (problem(503, {"code": "stock_busy"}), Unknown),
        (problem(500, {}), Unknown),
        (NoAnswerError("gone"), Unknown),
        (problem(409, {"code": "out_of_stock"}), Refused),
        (problem(413, {"code": "too_many_lines"}), Refused),
    ],
    ids=str,
)
def test_only_a_real_no_is_a_refusal(failure: CountersignError, outcome: type[Outcome]) -> None:
    """Guarantee: what may turn out well later is never noted as refused."""

    def call() -> str:
        raise failure

    assert isinstance(attempt(call), outcome)


def test_a_caller_without_the_right_stops_everything() -> None:
    """Guarantee: 403 is no refusal of an order: every other call would meet it too."""

    def call() -> str:
        raise problem(403, {"code": "forbidden"})

    with pytest.raises(RefusedError):
        attempt(call)
