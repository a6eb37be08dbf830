"""The text of an API key: recognisable, checked for typing errors before anything is looked up.

    csk_<tenant>_<id>_<secret><checksum>
         ≤ 16     26   43      6          at most 97 characters

The secret is 256 random bits in base 62, the checksum a CRC-32 of all before it, as in GitHub's
tokens: a secret scanner can tell a key from a look-alike without asking anybody. The tenant and id
say where to look; only a SHA-256 of the whole text is kept, which 256 bits of chance make enough.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from core.ids import ID, TENANT

if TYPE_CHECKING:
    from core.access.credential import Credential

PREFIX = "csk_"
SECRET_BYTES = 32
MAX_LENGTH = 97

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SECRET_LENGTH = 43
_CHECKSUM_LENGTH = 6
_KEY = re.compile(
    rf"{PREFIX}(?P<tenant>{TENANT.pattern})_(?P<id>{ID.pattern})_"
    rf"[0-9A-Za-z]{{{_SECRET_LENGTH}}}(?P<checksum>[0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class KeyName:
    """What a key's text says openly: whose it is, and which."""

    tenant: str
    id: str

    @property
    def shown(self) -> str:
        """The part that lists and logs may show."""
        return f"{PREFIX}{self.tenant}_{self.id}"


def make(tenant: str, key_id: str, chance: bytes) -> str:
    """Return a key's text; `chance` is `SECRET_BYTES` from a cryptographic source."""
    if len(chance) != SECRET_BYTES:
        raise ValueError(f"a key has {SECRET_BYTES} random bytes")
    body = f"{PREFIX}{tenant}_{key_id}_{_base62(int.from_bytes(chance), _SECRET_LENGTH)}"
    text = body + _checksum(body)
    if read(text) is None:
        raise ValueError(f"not a tenant and id of a key: {tenant!r}, {key_id!r}")
    return text


def read(text: str) -> KeyName | None:
    """Return what a key's text says, None when it is no key, or mistyped."""
    found = _KEY.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None or _checksum(text[: found.start("checksum")]) != found["checksum"]:
        return None
    return KeyName(found["tenant"], found["id"])


def digest(text: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(text.encode()).hexdigest()


def matches(text: str, credential: Credential) -> bool:
    """Return whether this is the credential's key, in a time that says nothing of how near."""
    return bool(credential.digest) and hmac.compare_digest(digest(text), credential.digest)


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[rest])
    return "".join(reversed(digits))
