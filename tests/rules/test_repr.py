"""What a model shows of itself when it is printed: no person and no secret."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from core.masking import hidden
from orders_api.schemas import OrderCustomerIn
from tests.rules.test_imports import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

CARRIERS = frozenset({"properties"})
"""Fields that hold what HubSpot shows of a record, so also of a person."""


def shown(source: str) -> Iterator[str]:
    """Yield each field of a dataclass that is hidden by masking and shown by `repr`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _is_dataclass(node):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    name = line.target.id
                    told = line.value is None or "repr=False" not in ast.unparse(line.value)
                    if told and (hidden(name) or name in CARRIERS):
                        yield f"{node.name}.{name}"


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_no_dataclass_shows_a_person_or_a_secret() -> None:
    """Guarantee: such a field says `field(repr=False)`, so no log and no assertion prints it."""
    wrong = [
        f"{path.relative_to(FUNCTIONS)}: {field}"
        for path in sorted(FUNCTIONS.rglob("*.py"))
        for field in shown(path.read_text("utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("line", ["email: str", "access_token: str = ''", "properties: dict"])
def test_a_field_that_shows_itself_is_seen(line: str) -> None:
    """Guarantee: the rule finds a field with a default, without one, and HubSpot's properties."""
    assert list(shown(f"@dataclass(frozen=True)\nclass A:\n    {line}\n"))
    assert not list(shown("@dataclass\nclass A:\n    email: str = field(repr=False)\n"))


def test_a_body_shows_neither() -> None:
    """Guarantee: a request's body, printed, holds its fields' names and no person."""
    body = OrderCustomerIn.model_validate({"email": "ann@example.org", "first_name": "Marker"})
    printed = f"{body!r} {body}"
    assert "Marker" not in printed
    assert "ann@" not in printed
    assert "first_name" in printed
