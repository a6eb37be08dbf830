"""`docs/orders.md`: the order's state machine beside HubSpot's stages, from `core.orders.states`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.orders.states import MOVES, NEXT, PLACED_AS, STAGES, VIA

if TYPE_CHECKING:
    from core.orders.model import OrderState

_HEAD = """<!-- made by docs/generate.py from functions/core/orders/states.py -->
# Orders

```mermaid
stateDiagram-v2
    [*] --> reserving: first chunk of stock
    reserving --> placed: last chunk
    reserving --> releasing: short, or its call died
    releasing --> released: all given back
    released --> reserving: the same Idempotency-Key again
"""

_MOVED = {
    "ship": "what was reserved leaves: `reserved` -q; on hand falls",
    "cancel": "what was reserved is given back: `reserved` -q, `available` +q",
}

_TAIL = """
## What placing does to stock

| `fulfilment` | placed as | stock |
|---|---|---|
| `reserve` | {reserve} | set aside: `available` -q, `reserved` +q |
| `deduct` | {deduct} | a past sale: `available` -q |
| `untouched` | {untouched} | nothing: accounted for elsewhere |

## Some of an order's lines

| what | while the order is | stock |
|---|---|---|
| `POST /v1/orders/{{id}}/cancellations` | placed, paid, processed | `reserved` -q, `available` +q; cancelling all that is left cancels the order |
| `POST /v1/orders/{{id}}/returns` | shipped, refunded | `available` +q with `restock`, else nothing |

An order of up to 40 SKUs moves in one transaction. A larger one moves in chunks of 40: while it is
`reserving`, `shipping` or `cancelling`, the header counts the chunks that have landed. If its call
dies, the sweeper ends it a minute later: a half-placed order gives everything back, a half-shipped or
half-cancelled one is finished. Either way all of the order stands or none of it.
"""


def states() -> str:
    """Return the document."""
    arrows = "".join(
        f"    {start} --> {_way(end)}\n" for start, ends in NEXT.items() for end in sorted(ends)
    )
    arrives = "".join(f"    {via} --> {end}\n" for end, via in VIA.items())
    rows = "".join(_row(state) for state in NEXT)
    placed = {str(fulfilment): f"`{state}`" for fulfilment, state in PLACED_AS.items()}
    return (
        f"{_HEAD}{arrows}{arrives}```\n\n"
        "| state | stage in HubSpot | can go to | reaching it moves |\n|---|---|---|---|\n"
        f"{rows}{_TAIL.format(**placed)}"
    )


def _way(end: OrderState) -> OrderState:
    return VIA.get(end, end)


def _row(state: OrderState) -> str:
    ends = ", ".join(f"`{end}`" for end in sorted(NEXT[state])) or "nowhere"
    moved = _MOVED[str(MOVES[VIA[state]])] if state in VIA else "nothing"
    return f"| `{state}` | {STAGES[state]} | {ends} | {moved} |\n"
