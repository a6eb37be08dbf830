"""Walks a tenant's chain in the bucket: each block on the one before, each written once, locked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from countersign.auditing.block import NOTHING_BEFORE, Block, Malformed, read
from countersign.auditing.finding import Finding, Kind
from countersign.auditing.span import LATEST, Span, millis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from countersign.auditing.locked import LockedChain, Standing

_THREADS = 16
_WINDOW = 128

Fetched = tuple["Standing", Block | Malformed | None, bool]
"""What stands at a height, the first version of it, and whether that is locked."""


@dataclass(slots=True)
class Walk:
    """One walk; `height` and `last` tell where it ended."""

    locked: LockedChain
    tenant: str
    span: Span | None = None
    height: int = 0
    last: Block | None = None

    def blocks(self) -> Iterator[Block | Finding]:
        """Yield every block in its order, and what is wrong between, before or in them."""
        self.height = self._start()
        anchored = self.height == 0
        for standing, found, kept in self._fetched():
            yield from self._gap(standing)
            yield from self._alone(standing, locked=kept)
            self.height = standing.height + 1
            if not isinstance(found, Block):
                detail = str(found) if found else "it was hidden before it was ever written"
                yield self._finding(Kind.BLOCK_MALFORMED, standing.height, detail)
                self.last, anchored = None, False
                continue
            if self._beyond(found):
                self.height = standing.height
                return
            yield from self._linked(found, anchored=anchored)
            self.last, anchored = found, True
            yield found

    def at(self, height: int) -> Block | None:
        """Return the first version of the block at a height, None when there is none."""
        found = next(self.locked.standing(self.tenant, height), None)
        if found is None or found.height != height:
            return None
        block = self._fetch(found)[1]
        return block if isinstance(block, Block) else None

    def _gap(self, standing: Standing) -> Iterator[Finding]:
        """Yield the heights that are passed over, at most so many that a person reads them."""
        missing = range(self.height, standing.height)
        for height in missing[:100]:
            yield self._finding(Kind.BLOCK_MISSING, height, "nothing stands at its height")
        if missing:
            self.last = None

    def _alone(self, standing: Standing, *, locked: bool) -> Iterator[Finding]:
        if len(standing.versions) > 1:
            detail = f"{len(standing.versions)} versions of it; the first one counts"
            yield self._finding(Kind.FORK, standing.height, detail)
        if standing.hidden:
            yield self._finding(Kind.FORK, standing.height, "a deletion marker hides it")
        if not locked and standing.versions:
            detail = "no retention keeps it"
            yield self._finding(Kind.BLOCK_UNLOCKED, standing.height, detail)

    def _linked(self, block: Block, *, anchored: bool) -> Iterator[Finding]:
        if block.height == 0 and block.header["previous"] != NOTHING_BEFORE:
            yield self._finding(Kind.LINK_BROKEN, 0, "the first block names one before it")
        if self.last is not None and block.header["previous"] != self.last.hash:
            detail = "it does not continue the block before it"
            yield self._finding(Kind.LINK_BROKEN, block.height, detail)
        if self.last is not None and block.header["sealed_at"] < self.last.header["sealed_at"]:
            detail = "it was sealed before the block before it"
            yield self._finding(Kind.OUT_OF_ORDER, block.height, detail)
        ids = [entry for entry, _ in block.leaves]
        if ids != sorted(set(ids)):
            yield self._finding(Kind.OUT_OF_ORDER, block.height, "its entries are out of order")
        if not anchored and self.last is None and self.span is None and block.height:
            detail = "the block before it cannot be compared"
            yield self._finding(Kind.LINK_BROKEN, block.height, detail)

    def _beyond(self, block: Block) -> bool:
        """Return whether the span ended so long before that no block from here on belongs to it."""
        if self.span is None:
            return False
        return int(block.header["sealed_at"]) > millis(self.span.end + LATEST)

    def _start(self) -> int:
        """Return the height before the first block of the span, found by halving."""
        if self.span is None:
            return 0
        begin, high = millis(self.span.start), 1
        while self._sealed_before(high, begin):
            high *= 2
        low = 0
        while low < high:
            middle = (low + high) // 2
            if self._sealed_before(middle, begin):
                low = middle + 1
            else:
                high = middle
        return max(low - 1, 0)

    def _sealed_before(self, height: int, moment: int) -> bool:
        document = self.locked.newest(self.tenant, height)
        if document is None:
            return False
        try:
            return int(read(document, self.tenant, height).header["sealed_at"]) < moment
        except Malformed:
            return False  # so the walk begins before it, and tells of it

    def _fetched(self) -> Iterator[Fetched]:
        standing = self.locked.standing(self.tenant, self.height)
        with ThreadPoolExecutor(_THREADS) as pool:
            while window := list(islice(standing, _WINDOW)):
                yield from pool.map(self._fetch, window)

    def _fetch(self, standing: Standing) -> Fetched:
        if not standing.versions:
            return standing, None, False
        document, kept = self.locked.first(self.tenant, standing.height, standing.versions[-1])
        try:
            return standing, read(document, self.tenant, standing.height), kept
        except Malformed as malformed:
            return standing, malformed, kept

    def _finding(self, kind: Kind, height: int, detail: str) -> Finding:
        return Finding(kind, self.tenant, detail, block=height)
