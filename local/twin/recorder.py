"""Traffic as it passed, one JSON line per call: what the OpenAPI check reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


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
