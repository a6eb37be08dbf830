"""RFC 6962's tree, computed from the leaves upwards; the sealer's goes from the root downwards."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashed leaves; that of nothing is the hash of nothing."""
    row = list(leaves)
    if not row:
        return hashlib.sha256(b"").digest()
    while len(row) > 1:
        pairs = [_node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]  # a last one without a partner rises as it is
    return row[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return a leaf's inclusion proof, from its sibling upwards."""
    row, proof = list(leaves), []
    while len(row) > 1:
        sibling = index ^ 1
        if sibling < len(row):
            proof.append(row[sibling])
        pairs = [_node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]
        index //= 2
    return proof


def proves(proof: Sequence[bytes], hashed: bytes, index: int, count: int, head: bytes) -> bool:
    """Return whether the proof leads from a leaf, at its place among `count`, to the root."""
    last, rest = count - 1, list(proof)
    while last:
        if index % 2:
            if not rest:
                return False
            hashed = _node(rest.pop(0), hashed)
        elif index < last:
            if not rest:
                return False
            hashed = _node(hashed, rest.pop(0))
        index, last = index // 2, last // 2
    return not rest and hashed == head


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
