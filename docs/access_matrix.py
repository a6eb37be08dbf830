"""`docs/access-matrix.md`: who gets in where, made from the rules that the tests hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.matrix.expected import IN, expected
from tests.matrix.routes import HUBSPOT, ROWS, SIGNED, TOKEN
from tests.matrix.ways import WAYS

if TYPE_CHECKING:
    from tests.matrix.routes import Row
    from tests.matrix.ways import Way

_HEAD = """<!-- made by docs/generate.py from tests/matrix -->
# Access matrix

Who gets in where. Every cell is tried on the deployed system by `make proof`, a sample of them by
`make test`; a row marked † is decided by policy evaluation, since the emulator cannot show it.
**in** means that the call reached its handler. The rules behind it stand in
[tests/matrix/expected.py](../tests/matrix/expected.py).
"""


def access_matrix() -> str:
    """Return the document."""
    return _HEAD + "".join(_door(door) for door in (SIGNED, TOKEN, HUBSPOT))


def _door(door: str) -> str:
    rows = [row for row in ROWS if door in row.doors]
    groups: dict[tuple[str, bool, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.scope, row.layered, row.own), []).append(row)
    legend = "\n".join(
        f"- **{_column(key)}**: {', '.join(f'`{r.name}`' for r in found)}"
        for key, found in groups.items()
    )
    head = " | ".join(_column(key) for key in groups)
    lines = "\n".join(
        f"| {way.name}{'' if way.shown == 'emulator' else ' †'} | "
        + " | ".join(_cell(found, way) for found in groups.values())
        + " |"
        for way in WAYS
        if way.door == door
    )
    ruler = "|---" * (len(groups) + 1) + "|"
    return f"\n## The {door} door\n\n{legend}\n\n| | {head} |\n{ruler}\n{lines}\n"


def _column(key: tuple[str, bool, str]) -> str:
    scope, layered, own = key
    return f"{scope or 'webhooks'}{' (layered)' if layered else ''}{f' or {own}' if own else ''}"


def _cell(rows: list[Row], way: Way) -> str:
    (verdict,) = {expected(row, way) for row in rows}
    return f"**{IN}**" if verdict == IN else verdict
