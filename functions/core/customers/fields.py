"""Which fields of a customer a caller is shown: those that he asks for, if his scopes show them.

OWASP API3 (2023): what may be seen is decided property by property, from one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.customers.personal import READ, TABLE
from core.errors import FieldError, Forbidden, Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

OPEN = ("guest", "do_not_sell_or_share", "created_at")
"""What is no person's data by itself, or says how a person's may be used."""

SCOPE_OF = dict.fromkeys(OPEN, READ) | {f.name: f.scope for f in TABLE}
"""Field → the scope that shows it. `id` and `version` are shown to whoever gets an answer."""

ALWAYS = ("id", "version")


def shown(scopes: Collection[str], asked: Iterable[str] | None) -> frozenset[str]:
    """Return the fields to show; without `asked` all that the scopes show.

    `Invalid` names what is no field, `Forbidden` what the scopes do not show.
    """
    allowed = frozenset(name for name, scope in SCOPE_OF.items() if scope in scopes)
    if asked is None:
        return allowed
    wanted = frozenset(asked) - set(ALWAYS)
    unknown = sorted(wanted - set(SCOPE_OF))
    if unknown:
        raise Invalid(
            "unknown_field",
            "A customer has no such field.",
            fields=tuple(
                _wrong(n[:64], "unknown_field", "No field of a customer.") for n in unknown
            ),
        )
    hidden = sorted(wanted - allowed)
    if hidden:
        raise Forbidden(
            "scope_not_held",
            "You may not be shown this.",
            fields=tuple(_wrong(n, "scope_not_held", f"Needs {SCOPE_OF[n]}.") for n in hidden),
        )
    return wanted


def _wrong(name: str, code: str, message: str) -> FieldError:
    return FieldError(f"fields.{name}", code, message)
