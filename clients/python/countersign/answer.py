"""What came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer: its status, its headers and its decoded JSON (None when it has no body)."""

    status: int
    headers: Mapping[str, str]
    body: Any


def decoded(answer: requests.Response) -> Any:
    """Return the JSON of an answer, or its first words where it is none."""
    if not answer.content:
        return None
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return {"detail": answer.text[:200]}


def retry_after(answer: requests.Response) -> float | None:
    """Read Retry-After when it is a number of seconds; its date form is not used here."""
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
