"""What sealing needs of the outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.sealing.block import Block, Leaf


@dataclass(frozen=True, slots=True)
class Head:
    """How far a tenant's sealing has come.

    `height` is the next block's, `hash` the last block's. `looked` has for each look at a minute
    the next one that it is due for, in minutes since 1970.
    """

    tenant: str
    height: int
    hash: str
    looked: tuple[int, ...]


class LockedBlocks(Protocol):
    """Where blocks are kept so that nobody can change them: the truth about the chain."""

    def put(self, block: Block) -> bool:
        """Write a block unless there is one at its height; return whether it was written.

        `Contended` when it may or may not have been.
        """
        ...

    def get(self, tenant: str, height: int) -> Block:
        """Return the block at a height; `MalformedBlock` for what is none."""
        ...


class SealStore(Protocol):
    """The audit table."""

    def head(self, tenant: str) -> Head | None:
        """Return how far sealing has come, None before the first time."""
        ...

    def entries(self, tenant: str, minute: str) -> Iterator[Leaf]:
        """Yield the entries of a minute by id, strongly consistent."""
        ...

    def heights(self, tenant: str, minute: str) -> tuple[int, ...]:
        """Return the heights of the blocks that hold entries of a minute, strongly consistent."""
        ...

    def advance(self, before: Head | None, after: Head, block: Block | None = None) -> None:
        """Move the head, together with the header of a new block; `Superseded` if it has moved."""
        ...
