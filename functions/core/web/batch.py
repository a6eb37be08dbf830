"""What a batch says of an item that was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.web.body import Body

if TYPE_CHECKING:
    from core.errors import CountersignError


class RefusedField(Body):
    """What is wrong with one field of an item."""

    field: str
    code: str
    message: str


class BatchProblem(Body):
    """Why one item of a batch was refused; `current` is the state that stood in the way."""

    code: str
    detail: str
    errors: tuple[RefusedField, ...] = ()
    current: dict[str, int | str] | None = None


def batch_problem(error: CountersignError) -> BatchProblem:
    """Show an error as an item's problem."""
    return BatchProblem(
        code=error.code,
        detail=error.public,
        errors=tuple(
            RefusedField(field=f.field, code=f.code, message=f.message) for f in error.fields
        ),
        current=dict(error.current) if error.current is not None else None,
    )
