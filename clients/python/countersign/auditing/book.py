"""What was sealed beside what the table holds, in a file that goes away: memory stays small."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from countersign.auditing.block import NOTHING_BEFORE
from countersign.auditing.finding import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from countersign.auditing.block import Block

_SCHEMA = """
CREATE TABLE sealed (tenant, minute, entry, digest, block, at);
CREATE TABLE kept (tenant, minute, entry, digest, PRIMARY KEY (tenant, minute, entry));
CREATE TABLE locked (tenant, block, minute, hash, at, PRIMARY KEY (tenant, block));
CREATE TABLE told (tenant, block, minute, hash);
"""
_INDEXES = """
CREATE INDEX by_place ON sealed (tenant, minute, entry);
CREATE INDEX by_entry ON sealed (tenant, entry);
CREATE INDEX kept_by_entry ON kept (tenant, entry);
CREATE INDEX told_by_block ON told (tenant, block);
"""

_EDITED = """
SELECT s.tenant, s.minute, s.entry, s.block FROM sealed s JOIN kept k USING (tenant, minute, entry)
WHERE s.digest <> k.digest ORDER BY 1, 2, 3
"""
_GONE = """
SELECT s.tenant, s.minute, s.entry, s.block, (
    SELECT min(k.minute) FROM kept k WHERE k.tenant = s.tenant AND k.entry = s.entry
) FROM sealed s LEFT JOIN kept k USING (tenant, minute, entry)
WHERE k.digest IS NULL AND s.at <= ? ORDER BY 1, 2, 3
"""
_TWICE = """
SELECT tenant, minute, entry, max(block) FROM sealed
GROUP BY tenant, minute, entry HAVING count(*) > 1 ORDER BY 1, 2, 3
"""
_UNSEALED = """
SELECT k.tenant, k.minute, k.entry, (
    SELECT min(s.minute) FROM sealed s WHERE s.tenant = k.tenant AND s.entry = k.entry
) FROM kept k LEFT JOIN sealed s USING (tenant, minute, entry)
WHERE s.digest IS NULL ORDER BY 1, 2, 3
"""
_UNTOLD = """
SELECT l.tenant, l.block, l.minute FROM locked l LEFT JOIN told t USING (tenant, block, minute)
WHERE t.hash IS NULL AND l.at <= ? ORDER BY 1, 2
"""
_TOLD_OTHERWISE = """
SELECT t.tenant, t.block, t.minute, l.hash IS NULL FROM told t
LEFT JOIN locked l USING (tenant, block)
WHERE l.hash IS NULL OR t.hash <> l.hash OR t.minute <> l.minute ORDER BY 1, 2
"""


class Book:
    """Four lists: entries sealed and kept, blocks locked and told of by the table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Rule the pages."""
        self._rows = connection
        connection.executescript(_SCHEMA)

    def lock(self, block: Block) -> None:
        """Write down a block and its entries."""
        tenant, minute, at = block.header["tenant"], block.minute, block.header["sealed_at"]
        self._rows.execute(
            "INSERT INTO locked VALUES (?, ?, ?, ?, ?)",
            (tenant, block.height, minute, block.hash, at),
        )
        self._rows.executemany(
            "INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?)",
            ((tenant, minute, entry, digest, block.height, at) for entry, digest in block.leaves),
        )

    def keep(self, tenant: str, minute: str, entry: str, digest: str) -> None:
        """Write down an entry of the table."""
        self._rows.execute("INSERT INTO kept VALUES (?, ?, ?, ?)", (tenant, minute, entry, digest))

    def tell(self, tenant: str, height: int, minute: str, digest: str) -> None:
        """Write down a block's header of the table."""
        self._rows.execute("INSERT INTO told VALUES (?, ?, ?, ?)", (tenant, height, minute, digest))

    def close(self) -> None:
        """Make the lists quick to compare, once they are complete."""
        self._rows.executescript(_INDEXES)

    def entries(self, read_at: int, settled: str) -> Iterator[Finding]:
        """Yield what is wrong with entries, of which the table was read from `read_at` on (ms).

        What is unsealed counts in minutes before `settled` only.
        """
        for tenant, minute, entry, block in self._rows.execute(_EDITED):
            detail = "it is not what was sealed"
            yield Finding(Kind.EDITED, tenant, detail, minute, entry, block)
        for tenant, minute, entry, block, now in self._rows.execute(_GONE, (read_at,)):
            kind = Kind.MOVED if now else Kind.REMOVED
            detail = f"it stands in minute {now}" if now else "it was sealed and is not there"
            yield Finding(kind, tenant, detail, minute, entry, block)
        for tenant, minute, entry, block in self._rows.execute(_TWICE):
            detail = "more than one block holds it"
            yield Finding(Kind.SEALED_TWICE, tenant, detail, minute, entry, block)
        for tenant, minute, entry, then in self._rows.execute(_UNSEALED):
            if minute < settled:
                detail = f"it was sealed in minute {then}" if then else "no block holds it"
                yield Finding(Kind.UNSEALED, tenant, detail, minute, entry)

    def headers(self, settled: int) -> Iterator[Finding]:
        """Yield where the table tells of other blocks than are locked.

        It must know of those that were sealed up to `settled` (ms): a younger one may be that of a
        sealer that died before it told of it.
        """
        for tenant, block, minute in self._rows.execute(_UNTOLD, (settled,)):
            detail = "the table does not tell of it"
            yield Finding(Kind.HEADER_REMOVED, tenant, detail, minute, block=block)
        for tenant, block, minute, invented in self._rows.execute(_TOLD_OTHERWISE):
            kind = Kind.HEADER_INVENTED if invented else Kind.HEADER_CHANGED
            detail = "no such block is locked" if invented else "the table tells it otherwise"
            yield Finding(kind, tenant, detail, minute, block=block)

    def ends(self, tenant: str, said: tuple[int, str], settled: int) -> Iterator[Finding]:
        """Yield that the table says of a chain's end what is not so: its height, its last hash."""
        height, hashed = said
        locked = "SELECT count(*) FROM locked WHERE tenant = ?"
        (most,) = self._rows.execute(locked, (tenant,)).fetchone()
        (least,) = self._rows.execute(f"{locked} AND at <= ?", (tenant, settled)).fetchone()
        last = "SELECT hash FROM locked WHERE tenant = ? AND block = ?"
        row = self._rows.execute(last, (tenant, height - 1)).fetchone()
        if not least <= height <= most or hashed != (row[0] if row else NOTHING_BEFORE):
            detail = f"the table says that {height} blocks are sealed, {most} are"
            yield Finding(Kind.HEAD_WRONG, tenant, detail)

    def pending(self, settled: str) -> int:
        """Return how many entries are too new to be sealed."""
        return sum(1 for row in self._rows.execute(_UNSEALED) if row[1] >= settled)

    def counted(self) -> dict[str, Any]:
        """Return how much was compared."""
        (entries,) = self._rows.execute("SELECT count(*) FROM kept").fetchone()
        (blocks,) = self._rows.execute("SELECT count(*) FROM locked").fetchone()
        return {"entries": entries, "blocks": blocks}


@contextmanager
def opened() -> Iterator[Book]:
    """Open a book in a temporary file."""
    with closing(sqlite3.connect("")) as connection:
        yield Book(connection)
