"""What a stand-in answers instead of serving a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as planned.

    `raw` goes out in place of the body's JSON; `after` seconds pass first; `hang` never answers,
    `drop` hangs up.
    """

    status: int = 500
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    raw: str | None = None
    after: float = 0
    hang: bool = False
    drop: bool = False
