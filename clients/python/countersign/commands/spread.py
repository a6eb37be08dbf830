"""Options that several commands share, declared once as a dataclass and taken apart for Typer."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

R = TypeVar("R")

_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def spread(command: Callable[..., R]) -> Callable[..., R]:
    """Let a command take each field of its dataclass parameters as an option of its own.

    Typer reads the signature that this leaves; two groups of one command may not share a name.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}

    @wraps(command)
    def taken_apart(**given: Any) -> R:
        for name, group in groups.items():
            own = {field.name: given.pop(field.name) for field in fields(group)}
            given[name] = group(**own)
        return command(**given)

    parameters = [
        part
        for name, parameter in inspect.signature(command).parameters.items()
        for part in (
            _options(groups[name])
            if name in groups
            else [parameter.replace(annotation=hints[name], kind=_KEYWORD)]
        )
    ]
    taken_apart.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return taken_apart


def _options(group: Any) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        default = inspect.Parameter.empty if field.default is MISSING else field.default
        yield inspect.Parameter(field.name, _KEYWORD, default=default, annotation=hints[field.name])
