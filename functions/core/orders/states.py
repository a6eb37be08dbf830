"""Where an order can go, and what each step does to stock.

    reserving ──▶ placed ──▶ paid ──▶ processed ──▶ shipping ──▶ shipped ──▶ refunded
        │           └──────────┴──────────┴──▶ cancelling ──▶ cancelled ──▶ refunded
        └─ refused or stale ──▶ releasing ──▶ released

Steps may be skipped forwards. `reserving`, `releasing`, `shipping` and `cancelling` are on the way:
they end by themselves, and the sweeper ends those whose call has died.
"""

from __future__ import annotations

from core.inventory.model import MovementKind
from core.orders.model import Fulfilment, OrderState

_S = OrderState

NEXT: dict[OrderState, frozenset[OrderState]] = {
    _S.PLACED: frozenset({_S.PAID, _S.PROCESSED, _S.SHIPPED, _S.CANCELLED}),
    _S.PAID: frozenset({_S.PROCESSED, _S.SHIPPED, _S.CANCELLED}),
    _S.PROCESSED: frozenset({_S.SHIPPED, _S.CANCELLED}),
    _S.SHIPPED: frozenset({_S.REFUNDED}),
    _S.CANCELLED: frozenset({_S.REFUNDED}),
    _S.REFUNDED: frozenset(),
}
"""From a settled state, the states that may be asked for."""

VIA: dict[OrderState, OrderState] = {
    _S.SHIPPED: _S.SHIPPING,
    _S.CANCELLED: _S.CANCELLING,
}
"""States that move stock, and the state in which an order is while it moves."""

ENDS: dict[OrderState, OrderState] = {via: target for target, via in VIA.items()}

MOVES: dict[OrderState, MovementKind] = {
    _S.SHIPPING: MovementKind.SHIP,
    _S.CANCELLING: MovementKind.CANCEL,
}
"""What moves on the way: shipping takes what was reserved, cancelling gives it back."""

STAGES: dict[OrderState, str] = {
    _S.PLACED: "Open",
    _S.PAID: "Paid",
    _S.PROCESSED: "Processed",
    _S.SHIPPED: "Shipped",
    _S.CANCELLED: "Cancelled",
    _S.REFUNDED: "Refunded",
}
"""The stage of HubSpot's order pipeline, by its label, in which each settled state shows."""

UNPLACED = frozenset({_S.RESERVING, _S.RELEASING, _S.RELEASED})
"""States in which an order does not count as placed."""

SETTLED = frozenset(NEXT)
"""States in which an order rests, once it is placed."""

ON_THE_WAY = frozenset({_S.RESERVING, _S.RELEASING, _S.SHIPPING, _S.CANCELLING})

PLACED_AS: dict[Fulfilment, OrderState] = {
    Fulfilment.RESERVE: _S.PLACED,
    Fulfilment.DEDUCT: _S.SHIPPED,
    Fulfilment.UNTOUCHED: _S.SHIPPED,
}
"""The state in which an order stands once it is placed."""

CANCELLABLE = frozenset({_S.PLACED, _S.PAID, _S.PROCESSED})
"""States in which lines can be cancelled: nothing has left yet."""

RETURNABLE = frozenset({_S.SHIPPED, _S.REFUNDED})
"""States in which lines can come back."""
