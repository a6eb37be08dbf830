"""Headers of a proxy event: by name in any case, and every value that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def values(event: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return each value of a header in its order.

    API Gateway's `headers` hold only the last one of a header that was sent twice.
    """
    wanted = name.lower()
    many: Mapping[str, list[str]] = event.get("multiValueHeaders") or {}
    found = tuple(v for sent, given in many.items() if sent.lower() == wanted for v in given)
    if found:
        return found
    once: Mapping[str, str] = event.get("headers") or {}
    return tuple(value for sent, value in once.items() if sent.lower() == wanted)


def single(event: Mapping[str, Any], name: str) -> str | None:
    """Return a header that was sent once, whatever the case of its name; None otherwise."""
    found = values(event, name)
    return found[0] if len(found) == 1 else None
