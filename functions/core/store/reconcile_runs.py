"""Runs of reconcile in DynamoDB: `core.reconcile.ports.Runs`. One item for the run in hand.

Whoever writes down a page says which page it follows, so of two who go on with a run one stops.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.crm.properties import ObjectType
from core.reconcile.findings import Remedy, Repair
from core.reconcile.run import Mode, Run
from core.store import keys, table
from core.store.table import Action, ConditionFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.store.keys import Key
    from core.store.table import Item

_SAME = "id = :id AND revision = :revision"


class StoredRuns:
    """One tenant's runs."""

    def __init__(self, dynamodb: DynamoDBClient, core_table: str, tenant: str) -> None:
        """Keep the parts."""
        self._dynamodb = dynamodb
        self._core = core_table
        self._tenant = tenant

    def current(self) -> Run | None:
        """Return the run that was begun last, strongly consistent."""
        return self._read(keys.run(self._tenant))

    def last(self, mode: Mode) -> Run | None:
        """Return the last finished run of a mode."""
        return self._read(keys.last_run(self._tenant, mode))

    def begin(self, run: Run, before: Run | None) -> bool:
        """Begin a run in the place of the one before."""
        if before is None:
            return self._write([self._put(keys.run(self._tenant), run, "attribute_not_exists(pk)")])
        seen = {":id": before.id, ":revision": before.revision}
        return self._write([self._put(keys.run(self._tenant), run, _SAME, seen)])

    def move(self, run: Run) -> bool:
        """Write down how far a run is, if it stands as it was before this step."""
        seen = {":id": run.id, ":revision": run.revision - 1}
        actions = [self._put(keys.run(self._tenant), run, _SAME, seen)]
        if run.finished_at is not None:
            actions.append(self._put(keys.last_run(self._tenant, run.mode), run))
        return self._write(actions)

    def _put(
        self, key: Key, run: Run, condition: str | None = None, seen: Item | None = None
    ) -> Action:
        return Action(
            "Put", self._core, key, key.sk, _item(run), condition=condition, values=seen or {}
        )

    def _read(self, key: Key) -> Run | None:
        item = table.get(self._dynamodb, self._core, key)
        return None if item is None else _run(item)

    def _write(self, actions: list[Action]) -> bool:
        try:
            table.transact(self._dynamodb, actions)
        except ConditionFailed:
            return False
        return True


def _item(run: Run) -> Item:
    item: dict[str, Any] = asdict(run)
    return item


def _run(item: Item) -> Run:
    fields = {n: v for n, v in item.items() if n not in {"pk", "sk"}}
    pending = tuple(_repair(raw) for raw in fields.pop("pending"))
    examples = tuple(fields.pop("examples"))
    return Run(mode=Mode(fields.pop("mode")), pending=pending, examples=examples, **fields)


def _repair(raw: Item) -> Repair:
    pk, sk = raw["home"]
    return Repair(
        Remedy(raw["remedy"]),
        ObjectType(raw["type"]),
        (pk, sk),
        raw["version"],
        raw["hubspot_id"],
        raw["page"],
        tuple(raw["lines"]),
    )
