"""Traffic as it passed, one JSON line per call: what the OpenAPI check reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from pathlib import Path


MASK = "hidden"


def masked(body: Any, hides: frozenset[str]) -> Any:
    """Return a JSON body without the values of what is hidden, wherever they stand as text."""
    if not hides or not isinstance(body, dict):
        return body
    return {
        k: MASK if k in hides and isinstance(v, str) else masked(v, hides) for k, v in body.items()
    }


def masked_form(raw: bytes, hides: frozenset[str]) -> str:
    """Return a request's body as text; a form without the values of what is hidden."""
    text = raw.decode(errors="replace")
    if not hides:
        return text
    return urlencode([(k, MASK if k in hides else v) for k, v in parse_qsl(text)])


@dataclass(slots=True)
class Recorder:
    """Keeps calls in memory, in a file, or not at all. Credentials are never kept."""

    file: Path | None = None
    keep: bool = False
    kept: list[dict[str, Any]] = field(default_factory=list)

    def add(self, exchange: dict[str, Any]) -> None:
        """Keep one call: method, path, query, request, status, response."""
        if self.keep:
            self.kept.append(exchange)
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(exchange) + "\n")
