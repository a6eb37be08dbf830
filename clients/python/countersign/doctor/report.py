"""What the doctor tells a person."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from countersign.doctor.canonical import compare, masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from countersign.doctor.canonical import Comparison
    from countersign.doctor.exchange import Exchange
    from countersign.doctor.finding import Finding

_WIDTH = 58


def report(exchange: Exchange, findings: Sequence[Finding]) -> str:
    """Return the text: the answer, the findings, and both canonical requests side by side."""
    return "\n".join([*_answer(exchange), *_told(exchange, findings), *_compared(exchange)])


def _answer(exchange: Exchange) -> Iterator[str]:
    told = " ".join(part for part in (exchange.code, exchange.kind) if part)
    yield f"{exchange.sent.method} {exchange.sent.url}"
    yield f"answered {exchange.status} {told}".rstrip()
    if exchange.request_id:
        yield f"request  {exchange.request_id}"
    yield ""


def _told(exchange: Exchange, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        fine = "Nothing is wrong with this call."
        yield fine if exchange.answered else "No reason can be seen from here."
    if len(findings) > 1 and not findings[0].certain:
        yield "One of these, the door does not say which:"
    for finding in findings:
        yield f"{'✗' if finding.certain else '?'} {finding.code}: {finding.says}"
        yield f"  → {finding.do}"


def _compared(exchange: Exchange) -> Iterator[str]:
    found = compare(exchange)
    if found is None:
        return
    yield ""
    yield _columns("canonical request as signed", "as sent")
    yield from _rows(found)
    if not found.parts:
        yield "Both are the same, byte for byte."


def _rows(found: Comparison) -> Iterable[str]:
    for number, pair in enumerate(zip_longest(found.signed, found.sent, fillvalue="")):
        one, other = (masked(text) for text in pair)
        if number not in found.parts:
            yield _columns(one, "")
            continue
        yield _columns(one, other, "✗")
        yield f"  {' ' * _apart(*pair)}^ they part at character {_apart(*pair) + 1}"


def _columns(one: str, other: str, mark: str = " ") -> str:
    return f"{mark} {one:<{_WIDTH}} │ {other}".rstrip(" │") if other else f"{mark} {one}".rstrip()


def _apart(one: str, other: str) -> int:
    """Return where two texts part, counted from 0."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
