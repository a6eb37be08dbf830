"""`docs/ownership.md`: which side owns each field, from `core.crm.ownership`."""

from __future__ import annotations

from core.crm.ownership import RULES, Side
from core.crm.properties import ObjectType

_HEAD = """<!-- made by docs/generate.py from functions/core/crm/ownership.py -->
# Who owns which field

Change a contact's phone number in HubSpot and the customer here has it seconds later. Change an order's
total there and it is put back.

| side | a change in HubSpot | a change here |
|---|---|---|
| `ours` | is put right and counted (`InboundPutRight`) | goes to HubSpot |
| `both` | is taken over | goes to HubSpot; it stands if both changed at once |
| `hubspot` | is taken over | is put right by HubSpot's value; only a new record is filled from here |

To choose otherwise, name the fields in `cdk.json`, under `countersign`; a choice that is not in the last
column below does not pass `make synth`:

```json
"field_ownership": {"contacts": {"phone": "hubspot", "email": "ours"}, "orders": {"hs_pipeline_stage": "ours"}}
```

## Shared by default

| record | property | owner | why | may also be |
|---|---|---|---|---|
"""

_OURS = """
## Ours alone

| record | properties | why |
|---|---|---|
"""


def ownership() -> str:
    """Return the document."""
    shared = "".join(
        f"| {kind} | `{name}` | `{rule.side}` | {rule.why} | {_sides(rule.choices, rule.side)} |\n"
        for (kind, name), rule in RULES.items()
        if rule.side is not Side.OURS
    )
    return f"{_HEAD}{shared}{_OURS}{''.join(_alone(kind) for kind in ObjectType)}"


def _sides(choices: tuple[Side, ...], but: Side) -> str:
    return ", ".join(f"`{side}`" for side in choices if side is not but)


def _alone(kind: ObjectType) -> str:
    names: dict[str, list[str]] = {}
    for (of, name), rule in RULES.items():
        if of is kind and rule.choices == (Side.OURS,):
            names.setdefault(rule.why, []).append(f"`{name}`")
    return "".join(f"| {kind} | {', '.join(listed)} | {why} |\n" for why, listed in names.items())
