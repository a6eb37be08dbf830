"""Sealed entries with the proof that they are: `countersign audit export`, and its check."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from countersign.auditing import merkle
from countersign.auditing.canonical import canonical
from countersign.auditing.chain import Walk
from countersign.auditing.finding import Finding
from countersign.auditing.table import ENTRY, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from countersign.auditing.block import Block
    from countersign.auditing.locked import LockedChain
    from countersign.auditing.span import Span
    from countersign.auditing.table import AuditTable, Item

_BATCH = 100


@dataclass(slots=True)
class Export:
    """An export of everything sealed, or of a span; `broken` counts what did not hold."""

    table: AuditTable
    locked: LockedChain
    span: Span | None = None
    tenants: Sequence[str] = ()
    written: int = 0
    broken: list[Finding] = field(default_factory=list)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield a line for each sealed entry, in the order of the chain.

        Of an entry that is gone `item` is null; of one that was edited it is what stands there.
        """
        for tenant in list(self.tenants) or self.locked.tenants():
            for step in Walk(self.locked, tenant, self.span).blocks():
                if isinstance(step, Finding):
                    self.broken.append(step)
                elif self.span is None or self.span.holds(step.minute):
                    yield from self._block(step)

    def _block(self, block: Block) -> Iterator[dict[str, Any]]:
        hashes = [bytes.fromhex(leaf) for _, leaf in block.leaves]
        found = self._items(block)
        for index, (entry, leaf) in enumerate(block.leaves):
            self.written += 1
            yield {
                "entry": entry,
                "item": found.get(entry),
                "leaf": leaf,
                "index": index,
                "path": [step.hex() for step in merkle.path(hashes, index)],
                "block": block.header,
            }

    def _items(self, block: Block) -> dict[str, Item]:
        pk = {"S": f"{block.header['tenant']}#{ENTRY}#{block.minute}"}
        keys = [{"pk": pk, "sk": {"S": entry}} for entry, _ in block.leaves]
        found: dict[str, Item] = {}
        for start in range(0, len(keys), _BATCH):
            for item in self.table.get(keys[start : start + _BATCH]):
                found[item["sk"]["S"]] = item
        return found


def wrong(lines: Iterable[str], locked: LockedChain | None) -> Iterator[str]:
    """Yield what does not hold of an export's lines; without a bucket, headers are believed."""
    trusted: dict[str, bool] = {}
    for number, text in enumerate(lines, 1):
        line = json.loads(text)
        header = line["block"]
        hashed = hashlib.sha256(canonical(header)).hexdigest()
        if hashed not in trusted:
            trusted[hashed] = locked is None or _is_locked(locked, header)
        where = f"line {number}, entry {line['entry']}"
        if not trusted[hashed]:
            yield f"{where}: its block is not the one that is locked"
        if line["item"] is None or digest(line["item"]) != line["leaf"]:
            yield f"{where}: it is not what was sealed"
        proof = [bytes.fromhex(step) for step in line["path"]]
        leaf, head = bytes.fromhex(line["leaf"]), bytes.fromhex(header["root"])
        if not merkle.proves(proof, leaf, line["index"], header["count"], head):
            yield f"{where}: its proof does not lead to its block's root"


def _is_locked(locked: LockedChain, header: dict[str, Any]) -> bool:
    walk = Walk(locked, header["tenant"])
    block = walk.at(header["height"])
    return block is not None and block.header == header
