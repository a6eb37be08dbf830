"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason: what is wrong, and what to do. `certain` is False for the likeliest of several.

    `code` is stable and for programs.
    """

    code: str
    says: str
    do: str
    certain: bool = True
