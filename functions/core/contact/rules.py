"""How a person can be reached, in the one form that is kept: e-mail addresses and phone numbers.

What is well formed is for well-kept libraries to say (`emails`, `phones`). They cost 40 ms of a
cold start, so they are imported with the first address or number that comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable


class Unreachable(ValueError):
    """An address or a number that cannot be kept: a stable code, and a sentence for anyone."""

    def __init__(self, code: str, message: str) -> None:
        """Keep both; neither tells what was given."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class ContactRules:
    """A deployment's rules.

    `blocked` are domains whose addresses are refused, those below them too. `region` returns a
    tenant's default region (ISO 3166-1 alpha-2) for numbers without a country code, "" for none.
    """

    blocked: frozenset[str]
    region: Callable[[str], str]

    def email(self, text: str) -> str:
        """Return an address in its normal form; `Unreachable`."""
        from core.contact import emails  # noqa: PLC0415 - late: most calls bring no address

        return emails.normal(text, self.blocked)

    def phone(self, tenant: str, text: str) -> str:
        """Return a number in E.164; `Unreachable`."""
        from core.contact import phones  # noqa: PLC0415 - late: most calls bring no number

        return phones.e164(text, self.region(tenant))

    def normal(
        self, tenant: str, email: str | None, phone: str | None, place: str = ""
    ) -> tuple[str | None, str | None]:
        """Return both in their normal form; `Invalid` names each that has none.

        `place` is where the two stand in the body (`customer.`).
        """
        wrong: list[FieldError] = []
        reached: list[str | None] = [None, None]
        checks = (("email", email, self.email), ("phone", phone, lambda p: self.phone(tenant, p)))
        for index, (name, text, check) in enumerate(checks):
            try:
                reached[index] = check(text) if text is not None else None
            except Unreachable as error:
                wrong.append(FieldError(f"{place}{name}", error.code, str(error)))
        if wrong:
            raise Invalid(
                "invalid_body", "The request's body is not as it should be.", fields=tuple(wrong)
            )
        return reached[0], reached[1]
