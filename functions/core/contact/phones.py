"""Phone numbers by libphonenumber (`phonenumberslite`: the same without its maps of places)."""

from __future__ import annotations

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    parse,
)

from core.contact.rules import Unreachable


def e164(text: str, region: str) -> str:
    """Return a number in E.164 (`+442079460018`); `Unreachable`.

    A number without a country code is one of `region`, if there is one. It must have a length that
    numbers of its country have; whether its range is in use is not asked, since ranges open sooner
    than a deployment learns of them. E.164 has no extensions, so a number with one is refused.
    """
    try:
        number = parse(text, region or None)
    except NumberParseException as error:
        raise _invalid() from error
    if not is_possible_number(number) or number.extension:
        raise _invalid()
    return format_number(number, PhoneNumberFormat.E164)


def _invalid() -> Unreachable:
    return Unreachable("invalid_phone", "Not a phone number; write it as in +442079460018.")
