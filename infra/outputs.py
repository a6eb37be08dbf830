"""Names of stack outputs of which a deployment may have several."""

from __future__ import annotations


def numbered(name: str, number: int) -> str:
    """Return the plain name for the first (number 0), then `<name>2` and so on."""
    return name if number == 0 else f"{name}{number + 1}"
