"""Seals a tenant's entries: each closed minute into blocks, each block onto the one before.

A block is written to where nobody can change it *before* the table tells of it. So a crash leaves
at most one block that the table does not know; the next run meets it at its height, and takes it
for what it is. An entry may come after its minute was sealed (a slow transaction, a clock that is
behind): a minute is looked at again later, and what is new in it is sealed as late.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.sealing.block import NOTHING_BEFORE, Block
from core.sealing.ports import Head

if TYPE_CHECKING:
    from core.clock import Clock
    from core.sealing.block import Leaf
    from core.sealing.ports import LockedBlocks, SealStore

LOOKS = (2, 20, 1500)
"""Minutes after its end at which a minute is looked at.

The first leaves time for calls under way (an API function ends after 28 s) and for clocks that
differ. The second is past Lambda's longest run, 15 minutes, so that only a wrong clock can be later
still. The last is a day and an hour on, for clocks set to another time zone or day.
"""

BLOCK_ENTRIES = 1_000
"""Entries of a block at most; a minute with more has several."""

MINUTE_MS = 60_000


class Forked(Exception):
    """Where a block is to be written stands another that does not continue this chain."""


@dataclass(slots=True)
class Tally:
    """What a run did: blocks and entries sealed, how many of these late.

    `oldest` is the age in ms of the oldest entry that was unsealed, or may still be.
    """

    blocks: int = 0
    entries: int = 0
    late: int = 0
    oldest: int = 0


@dataclass(frozen=True, slots=True)
class Sealer:
    """The use case, of one tenant at a time."""

    store: SealStore
    locked: LockedBlocks
    clock: Clock
    block_entries: int = BLOCK_ENTRIES
    looks: tuple[int, ...] = LOOKS

    def seal(self, tenant: str, deadline: int) -> Tally:
        """Seal what is due, up to a deadline in epoch ms; the next run goes on from there.

        `Superseded` when another run came between, `Contended` when table or bucket are busy,
        `Forked` when the chain has another end than the table says.
        """
        stored = self.store.head(tenant)
        head = stored or _first(tenant, self.clock.now(), len(self.looks))
        run = _Run(self, head, stored, Tally())
        for look, wait in enumerate(self.looks):
            while run.due(look, wait) and self.clock.now() < deadline:
                run.look(look)
        run.save()
        behind = self.clock.now() - run.head.looked[0] * MINUTE_MS
        return replace(run.tally, oldest=max(run.tally.oldest, behind))


@dataclass(slots=True)
class _Run:
    """A run of one tenant: the head as it is now, and as the table has it."""

    sealer: Sealer
    head: Head
    stored: Head | None
    tally: Tally

    def due(self, look: int, wait: int) -> bool:
        """Return whether the next minute of a look has been closed for long enough."""
        end = self.head.looked[look] + 1
        return (end + wait) * MINUTE_MS <= self.sealer.clock.now()

    def look(self, look: int) -> None:
        """Seal what is unsealed in the next minute of a look."""
        minute = self.head.looked[look]
        sealed: frozenset[str] | None = None
        batch: list[Leaf] = []
        for leaf in self.sealer.store.entries(self.head.tenant, label(minute)):
            if sealed is None:
                sealed = self._sealed(label(minute))
            if leaf.id not in sealed:
                batch.append(leaf)
            if len(batch) == self.sealer.block_entries:
                if not self._append(batch, minute, late=look > 0):
                    return
                batch = []
        if not batch or self._append(batch, minute, late=look > 0):
            looked = tuple(m + (i == look) for i, m in enumerate(self.head.looked))
            self.head = replace(self.head, looked=looked)

    def save(self) -> None:
        """Write down how far the run has come, if no block has done so."""
        if self.head != self.stored:
            self.sealer.store.advance(self.stored, self.head)

    def _append(self, leaves: list[Leaf], minute: int, *, late: bool) -> bool:
        """Put a block at the chain's end; False when a run that died had put another there.

        That one is taken into the table, and the minute is to be read anew.
        """
        ours = Block(
            tenant=self.head.tenant,
            height=self.head.height,
            previous=self.head.hash,
            minute=label(minute),
            late=late,
            sealed_at=self.sealer.clock.now(),
            leaves=tuple(leaves),
        )
        written = self.sealer.locked.put(ours)
        block = ours if written else self._standing()
        after = replace(self.head, height=block.height + 1, hash=block.hash)
        self.sealer.store.advance(self.stored, after, block)
        self.head = self.stored = after
        self._count(block)
        return written

    def _standing(self) -> Block:
        """Return the block that stands where ours would go; `Forked` if it continues no chain."""
        tenant, height = self.head.tenant, self.head.height
        found = self.sealer.locked.get(tenant, height)
        if (found.tenant, found.height, found.previous) != (tenant, height, self.head.hash):
            raise Forked(f"{tenant}: block {height} does not continue the chain")
        return found

    def _sealed(self, minute: str) -> frozenset[str]:
        tenant = self.head.tenant
        heights = self.sealer.store.heights(tenant, minute)
        blocks = (self.sealer.locked.get(tenant, height) for height in heights)
        return frozenset(leaf.id for block in blocks for leaf in block.leaves)

    def _count(self, block: Block) -> None:
        self.tally.blocks += 1
        self.tally.entries += len(block.leaves)
        if block.late:
            self.tally.late += len(block.leaves)
        age = self.sealer.clock.now() - start_of(block.minute)
        self.tally.oldest = max(self.tally.oldest, age)


def label(minute: int) -> str:
    """Return a minute, counted from 1970, as entries' keys have it: `YYYYmmddHHMM` in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y%m%d%H%M")


def start_of(minute: str) -> int:
    """Return when a minute of a key began, in epoch ms."""
    return round(datetime.strptime(f"{minute}+0000", "%Y%m%d%H%M%z").timestamp()) * 1000


def _first(tenant: str, now: int, looks: int) -> Head:
    """Return where a tenant's sealing begins: an hour back, for it is woken from the first on."""
    begin = now // MINUTE_MS - 60
    return Head(tenant, 0, NOTHING_BEFORE, (begin,) * looks)
