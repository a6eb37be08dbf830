"""What must be shown beside what is shown: every difference, by record and field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str, str]
"""Kind of record, and what it is known by to both sides."""

Records = dict[Key, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it must be; `field` is "" for a record that is missing or extra."""

    kind: str
    record: str
    field: str
    expected: Any
    found: Any


def differences(expected: Records, found: Records) -> list[Difference]:
    """Return all differences; of a field that nothing is expected of, nothing is said."""
    return [
        *(d for key in sorted(expected) for d in _record(key, expected[key], found.get(key))),
        *(
            Difference(*key, field="", expected=None, found="a record that nobody made")
            for key in sorted(found.keys() - expected.keys())
        ),
    ]


def _record(
    key: Key, expected: dict[str, Any], found: dict[str, Any] | None
) -> Iterator[Difference]:
    if found is None:
        yield Difference(*key, field="", expected="a record", found=None)
        return
    for field, value in expected.items():
        if found.get(field) != value:
            yield Difference(*key, field=field, expected=value, found=found.get(field))
