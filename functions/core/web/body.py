"""From a request's bytes to a validated model, with what is wrong said field by field."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import FieldError, Invalid, TooLarge
from core.masking import MASK, hidden
from core.web.bounds import check, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

MAX_BODY = 512 * 1024
"""Bytes; an order of 1,400 lines takes about 200 KB."""

MAX_ERRORS = 50
MAX_PATH = 200
"""Characters of a field's path that are told back: the names in it are the caller's own."""


class Body(BaseModel):
    """A request's body: nothing unknown, nothing coerced, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show the fields without personal data and secrets, wherever a body is printed."""
        for name, value in super().__repr_args__():
            yield name, MASK if name and hidden(name) and value is not None else value


M = TypeVar("M", bound=Body)


def raw(event: Mapping[str, Any]) -> bytes:
    """Return the body's bytes as API Gateway received them; `TooLarge` above `MAX_BODY`."""
    text = event.get("body") or ""
    try:
        data = (
            base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else _utf8(text)
        )
    except ValueError as error:  # binascii.Error is one, and so is what non-ASCII text raises
        raise malformed("the body is not base64") from error
    if len(data) > MAX_BODY:
        raise TooLarge("body_too_large", f"A body has at most {MAX_BODY} bytes.")
    return data


def parse(event: Mapping[str, Any], model: type[M]) -> M:
    """Read a JSON body into a model; `Invalid` names each field that is wrong."""
    data = raw(event)
    check(data)
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if any(e["type"] == "json_invalid" for e in found):  # a lone surrogate, escaped
            raise malformed("the body is not JSON") from error
        raise Invalid(
            "invalid_body",
            "The request's body is not as it should be.",
            fields=tuple(_field(e) for e in _deepest(found)[:MAX_ERRORS]),
        ) from error


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise malformed("the body has a lone surrogate") from error


def _deepest(found: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out what only repeats of a whole that something in it is wrong."""
    paths = [e["loc"] for e in found]
    return [e for e in found if not any(_within(path, e["loc"]) for path in paths)]


def _within(path: tuple[int | str, ...], whole: tuple[int | str, ...]) -> bool:
    return len(path) > len(whole) and path[: len(whole)] == whole


def _field(error: ErrorDetails) -> FieldError:
    path = ".".join(str(part) for part in error["loc"])
    return FieldError(path[:MAX_PATH], error["type"], error["msg"])
