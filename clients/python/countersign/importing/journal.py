"""The journal: what became of each product, order, cancellation and return, one JSON a line.

It is only ever appended to. A line that a crash cut short is dropped when it is opened again; what
was called but not yet noted is called again under the same Idempotency-Key, which changes nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, Self

from countersign.errors import SettingsError
from countersign.importing.matching import Plan, Return
from countersign.importing.month import Aside, Bucket
from countersign.importing.outcomes import Accepted, Outcome, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

BATCH = 50
"""Lines between two fsyncs: losing some to a power cut costs calls, not correctness."""

Settled = Accepted | Refused


@dataclass(slots=True)
class Journal:
    """What is known of an import, and the file that remembers it."""

    path: Path
    products: dict[str, Settled] = field(default_factory=dict)
    orders: dict[str, Settled] = field(default_factory=dict)
    plans: dict[str, list[Plan]] = field(default_factory=dict)
    returns: dict[str, Settled] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    _file: IO[bytes] = field(init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _unsynced: int = 0

    def __post_init__(self) -> None:
        """Read what is there and open the file for more."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        good = self._read() if self.path.exists() else 0
        self._file = self.path.open("ab")
        self._file.truncate(good)

    def __enter__(self) -> Self:
        """Return the journal; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write everything to the disk and close."""
        self.sync()
        self._file.close()

    def agree(self, facts: Mapping[str, Any], files: list[str]) -> None:
        """Note how and from which files is imported; raise SettingsError if it was otherwise.

        Further files may follow those of an earlier run, as a new day does.
        """
        before = list(self.facts.get("files", []))
        known = {name: value for name, value in self.facts.items() if name != "files"}
        if (known and known != dict(facts)) or files[: len(before)] != before:
            raise SettingsError(
                f"{self.path} is the journal of another import ({self.facts}): name another one"
            )
        if files != before:
            self._append({"facts": {**facts, "files": files}})
            self.sync()

    def product(self, sku: str, outcome: Outcome) -> None:
        """Note what became of a product."""
        self._outcome("product", sku, outcome)

    def order(self, invoice: str, outcome: Outcome) -> None:
        """Note what became of an order."""
        self._outcome("order", invoice, outcome)

    def returned(self, key: str, outcome: Outcome) -> None:
        """Note what became of a return."""
        self._outcome("return", key, outcome)

    def plan(self, plan: Plan) -> None:
        """Note what is to come of a cancellation, before any of it is done."""
        self._append(
            {
                "plan": plan.cancellation,
                "returns": [
                    [r.sale, {str(n): q for n, q in r.quantities.items()}, list(r.positions)]
                    for r in plan.returns
                ],
                "unmatched": [[aside.position, aside.reason] for aside in plan.unmatched],
            }
        )

    def sync(self) -> None:
        """Have the disk hold what was noted."""
        with self._lock:
            self._sync()

    def _outcome(self, kind: str, name: str, outcome: Outcome) -> None:
        match outcome:
            case Accepted(its_id, at):
                self._append({kind: name, "id": its_id, "at": at})
            case Refused(code, detail):
                self._append({kind: name, "code": code, "detail": detail})

    def _append(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()
            self._take(entry)
            self._unsynced += 1
            if self._unsynced >= BATCH:
                self._sync()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._unsynced = 0

    def _read(self) -> int:
        """Take over every whole line; return where the last one ends."""
        good = 0
        with self.path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                try:
                    self._take(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    raise SettingsError(f"{self.path} is no journal: {error!r}") from error
                good += len(line)
        return good

    def _take(self, entry: dict[str, Any]) -> None:
        if "facts" in entry:
            self.facts = entry["facts"]
        elif "plan" in entry:
            self.plans.setdefault(entry["plan"], []).append(_plan(entry))
        elif "product" in entry:
            self.products[entry["product"]] = _settled(entry)
        elif "order" in entry:
            self.orders[entry["order"]] = _settled(entry)
        else:
            self.returns[entry["return"]] = _settled(entry)


def _settled(entry: dict[str, Any]) -> Settled:
    if "code" in entry:
        return Refused(entry["code"], entry["detail"])
    return Accepted(entry["id"], entry["at"])


def _plan(entry: dict[str, Any]) -> Plan:
    name = entry["plan"]
    return Plan(
        name,
        tuple(
            Return(name, sale, {int(n): q for n, q in quantities.items()}, tuple(positions))
            for sale, quantities, positions in entry["returns"]
        ),
        tuple(Aside(position, Bucket.UNMATCHED, reason) for position, reason in entry["unmatched"]),
    )
