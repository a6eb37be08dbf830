"""A block as it was locked: a header, and the id and hash of each entry, in their order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from countersign.auditing import merkle
from countersign.auditing.canonical import canonical

NOTHING_BEFORE = "0" * 64
_HEADER = {
    "format": int,
    "tenant": str,
    "height": int,
    "previous": str,
    "minute": str,
    "late": bool,
    "sealed_at": int,
    "count": int,
    "root": str,
}


class Malformed(ValueError):
    """This is no block, or its header is not that of its leaves."""


@dataclass(frozen=True, slots=True)
class Block:
    """A header with its leaves, each an entry's id and hash."""

    header: dict[str, Any]
    leaves: tuple[tuple[str, str], ...]

    @property
    def hash(self) -> str:
        """What the next block calls this one."""
        return hashlib.sha256(canonical(self.header)).hexdigest()

    @property
    def height(self) -> int:
        """Its place in the chain."""
        return int(self.header["height"])

    @property
    def minute(self) -> str:
        """The minute whose entries it holds."""
        return str(self.header["minute"])


def read(document: bytes, tenant: str, height: int) -> Block:
    """Read what stands at a height of a tenant's chain; `Malformed` says why it is no block."""
    try:
        found = json.loads(document)
        header = found["header"]
        leaves = tuple((str(entry), str(digest)) for entry, digest in found["leaves"])
        root = merkle.root([bytes.fromhex(digest) for _, digest in leaves]).hex()
        typed = {name: type(value) for name, value in header.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Malformed("it cannot be read") from None
    if typed != _HEADER:
        raise Malformed("its header is not one of a block")
    if (header["tenant"], header["height"]) != (tenant, height):
        raise Malformed("it names another tenant or height than its place")
    if (header["count"], header["root"]) != (len(leaves), root):
        raise Malformed("its count or root is not that of its leaves")
    if canonical({"header": header, "leaves": leaves}) != document:
        raise Malformed("it is not spelt as it was sealed")
    return Block(header, leaves)
