"""E-mail addresses by email-validator: syntax and normal form, without a look at the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email

from core.contact.rules import Unreachable

if TYPE_CHECKING:
    from collections.abc import Collection


def normal(text: str, blocked: Collection[str]) -> str:
    """Return the form in which two spellings of one address are equal; `Unreachable`.

    Unicode is composed, the domain is written in Unicode, and all is in lower case: mail systems
    that tell `Ann` from `ann` are not met any more, and HubSpot folds case too. Special-use domains
    (RFC 6761), quoted local parts and IP addresses are refused.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise Unreachable("invalid_email", "Not an address that mail can be sent to.") from error
    if _is_blocked(found.ascii_domain.lower(), blocked):
        raise Unreachable("blocked_domain", "Addresses of this domain are not taken.")
    return found.normalized.lower()


def _is_blocked(domain: str, blocked: Collection[str]) -> bool:
    """Return whether a domain, or one above it, is blocked."""
    parts = domain.split(".")
    return any(".".join(parts[i:]) in blocked for i in range(len(parts)))
