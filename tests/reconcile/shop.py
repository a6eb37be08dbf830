"""A shop whose portal is reconciled: the flow's shop, with one clock for both sides."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.crm.ownership import Ownership
from core.crm.tally import Tally
from core.reconcile.beginning import Beginning
from core.reconcile.run import Intervals
from local.twin.clock import Clock
from local.twin.twin import Twin
from reconcile.stretch import Stretches
from tests.fakes.ids import TimedUlids
from tests.flow.shop import Shop
from tests.support.books import TENANT
from tests.support.running_twin import PORTAL, TOKEN

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from core.crm.properties import ObjectType
    from core.reconcile.findings import Finding
    from core.reconcile.run import Run
    from tests.fakes.clock import FakeClock
    from tests.support.running_twin import RunningTwin

HOUR_MS = 3_600_000


@dataclass(slots=True)
class Following(Clock):
    """A twin's clock that shows what the shop's shows."""

    of: FakeClock | None = None

    def now(self) -> int:
        """Return the shop's time."""
        return self.of.now() if self.of else 0


def twin_of_a_shop(clock: Following) -> Twin:
    """Return a twin on that clock which keeps its traffic."""
    twin = Twin(clock=clock)
    twin.recorder.keep = True
    twin.add_token(TOKEN, PORTAL)
    return twin


class ReconciledShop(Shop):
    """What a test does to a shop, its portal, and what reconcile says of both."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        twin: RunningTwin,
        clock: Following,
        version: str = "2026-09",
    ) -> None:
        """Put reconcile together, as its handler does."""
        clock.of = None
        super().__init__(dynamodb, twin, version)
        clock.of = self.clock
        self.looks: list[tuple[str, str]] = []
        self.findings: list[Finding] = []
        self.tally = Tally()
        self.borne: set[str] = set()
        """Problems of a stretch that the next one is to get over."""
        self.executors += (ThreadPoolExecutor(4),)  # type: ignore[assignment]
        self.stretches = Stretches(
            self.core,
            self.dynamodb,
            self.portals,
            Ownership(),
            self.executors[-1],
            self.executors[1],
            self.clock,
            self._look,
            lambda _tenant, finding: self.findings.append(finding),
        )
        ids = TimedUlids(self.clock)
        self.beginning = Beginning(self.clock, ids, Intervals(24 * HOUR_MS, HOUR_MS))
        self.runs = self.stretches.runs(TENANT)

    def reconcile(self, *, full: bool = True, after: float = 600) -> Run:
        """Let `after` seconds pass, then run reconcile from its beginning to its end."""
        self.clock.advance(round(after * 1000))
        assert self.beginning.asked(self.runs, full=full)
        return self.go_on()

    def go_on(self) -> Run:
        """Go on with the run in hand to its end."""
        for _ in range(200):
            reconciler, run = self.stretches.go_on(TENANT, self.tally)
            assert run is not None
            assert run.problem in {"", *self.borne}, run.problem
            if run.passing is None:
                assert reconciler.finish(run)
                return run
            self.clock.advance(60_000)
        raise AssertionError("reconcile does not end")

    def drift(self, *, full: bool = True, after: float = 600) -> dict[str, int]:
        """Reconcile, and return the findings' counts."""
        return dict(self.reconcile(full=full, after=after).drift)

    def settle(self) -> None:
        """Sync until nothing is owed."""
        for _ in range(5):
            self.sync()
            if not self.owed():
                return
        raise AssertionError(self.owed())

    def edit(self, kind: str, hubspot_id: str, **properties: str) -> None:
        """Change a record in HubSpot as a person there would; no webhook is sent."""
        path = f"/_twin/records/{kind}/{hubspot_id}"
        reply = self.twin.call("PATCH", path, {"properties": properties})
        assert reply.status == 200, reply.body

    def remove(self, kind: str, hubspot_id: str) -> None:
        """Delete a record in HubSpot."""
        assert self.twin.call("DELETE", f"/_twin/records/{kind}/{hubspot_id}").status == 200

    def named(self) -> Counter[str]:
        """Return what was found since the test began, as it was told."""
        return Counter(f.name for f in self.findings)

    def _look(self, _tenant: str, kind: ObjectType, hubspot_id: str) -> None:
        self.looks.append((kind, hubspot_id))

    def properties(self, kind: str, hubspot_id: str) -> dict[str, Any]:
        """Return what HubSpot holds of a record."""
        (found,) = (r for r in self.shown(kind) if r["id"] == hubspot_id)
        properties: dict[str, Any] = found["properties"]
        return properties
