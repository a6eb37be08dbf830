"""A function's environment as a typed object: a dataclass that `read` fills."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


def variables(kind: type[Any]) -> tuple[str, ...]:
    """Return the environment variables that a settings dataclass reads, in field order."""
    return tuple(f.name.upper() for f in fields(kind))


def read(kind: type[T], environment: Mapping[str, str]) -> T:
    """Fill a settings dataclass (fields of `str` or `int`) from the environment.

    Raises `Misconfigured` that names every missing or malformed variable at once, so that a
    deployer mends all of them in one go.
    """
    values: dict[str, object] = {}
    wrong: list[str] = []
    for field in fields(kind):  # type: ignore[arg-type]  # T is a dataclass by contract
        name = field.name.upper()
        text = environment.get(name)
        if text is None:
            if field.default is MISSING:
                wrong.append(f"{name} is missing")
            continue
        try:
            values[field.name] = int(text) if field.type in {"int", int} else text
        except ValueError:
            wrong.append(f"{name} is not a whole number")
    if wrong:
        raise Misconfigured(
            "misconfigured", "The service is not set up.", internal="; ".join(wrong)
        )
    return kind(**values)
