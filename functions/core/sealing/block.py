"""A block: the entries of one minute under one hash, chained to the block before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.sealing import merkle
from core.sealing.canonical import canonical

FORMAT = 1
NOTHING_BEFORE = "0" * 64
"""What the first block of a chain names as the block before it."""


class Leaf(NamedTuple):
    """An entry as a block holds it: its id, and the hash of all that the table keeps of it."""

    id: str
    hash: str


class MalformedBlock(ValueError):
    """What was read is no block, or says something else than its own leaves."""


@dataclass(frozen=True, slots=True)
class Block:
    """Entries of a tenant's minute (`YYYYmmddHHMM` in UTC), in the order of their ids.

    `height` counts a tenant's blocks from 0; `late` tells that they came after the minute was
    first sealed. `sealed_at` is in epoch ms.
    """

    tenant: str
    height: int
    previous: str
    minute: str
    late: bool
    sealed_at: int
    leaves: tuple[Leaf, ...]

    @property
    def header(self) -> dict[str, Any]:
        """What is hashed into the next block."""
        return {
            "format": FORMAT,
            "tenant": self.tenant,
            "height": self.height,
            "previous": self.previous,
            "minute": self.minute,
            "late": self.late,
            "sealed_at": self.sealed_at,
            "count": len(self.leaves),
            "root": merkle.root([bytes.fromhex(one.hash) for one in self.leaves]).hex(),
        }

    @property
    def hash(self) -> str:
        """The SHA-256 of the header, in hex."""
        return hashlib.sha256(canonical(self.header)).hexdigest()

    def document(self) -> bytes:
        """Return what is kept of the block: its header and its leaves."""
        return canonical({"header": self.header, "leaves": [list(one) for one in self.leaves]})


def parse(document: bytes) -> Block:
    """Read a block; `MalformedBlock` unless the header is exactly that of its leaves."""
    try:
        read = json.loads(document)
        header = read["header"]
        block = Block(
            tenant=header["tenant"],
            height=header["height"],
            previous=header["previous"],
            minute=header["minute"],
            late=header["late"],
            sealed_at=header["sealed_at"],
            leaves=tuple(Leaf(*leaf) for leaf in read["leaves"]),
        )
        whole = block.document() == document
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise MalformedBlock("this is no block") from error
    if not whole:
        raise MalformedBlock("the block's header is not that of its leaves")
    return block


def leaf(entry_id: str, item: dict[str, Any]) -> Leaf:
    """Return the leaf of an entry, whose item is given as DynamoDB's own JSON has it."""
    return Leaf(entry_id, merkle.leaf(canonical(item)).hex())
