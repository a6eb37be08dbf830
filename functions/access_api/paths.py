"""What the paths and queries of the routes of API keys hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.apikey import PREFIX, KeyName
from core.errors import FieldError, Invalid, NotFound
from core.ids import ID, ID_LENGTH
from core.web.query import text

if TYPE_CHECKING:
    from core.web.app import Request


def key_id(request: Request) -> str:
    """Return a key's id; `NotFound` for what is no id."""
    given = request.path["id"]
    if not ID.fullmatch(given):
        raise NotFound("key_not_found", "There is no such key.")
    return given


def id_prefix(request: Request) -> str | None:
    """Return how the ids wanted begin, None when no key of this tenant begins as asked.

    `prefix` is the beginning of a key as it is shown (`csk_main_01k`) or of its id. `Invalid` when
    it reaches into the secret, which belongs into no URL.
    """
    given = text(request, "prefix") or ""
    start = KeyName(request.tenant, "").shown
    if len(given) > (len(start) if given.startswith(PREFIX) else 0) + ID_LENGTH:
        wrong = FieldError("prefix", "invalid_parameter", "How a key begins, without its secret.")
        raise Invalid("invalid_parameter", "A query parameter is not valid.", fields=(wrong,))
    if start.startswith(given):
        return ""
    if given.startswith(PREFIX) and not given.startswith(start):
        return None
    return given.removeprefix(start)
