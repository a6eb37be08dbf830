"""One stretch of a tenant's run, put together from its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.conveyor import Conveyor
from core.reconcile.examining import Comparison, Examiner
from core.reconcile.orders import OrderExaminer
from core.reconcile.reading import Reader
from core.reconcile.reconciler import Reconciler
from core.reconcile.sweeping import Sweep
from core.store.catalogue import StoredCatalogue
from core.store.crm import StoredRecords
from core.store.mending import StoredMending
from core.store.reconcile_runs import StoredRuns
from core.store.unhurried import UnhurriedBudget
from reconcile.settings import RUN_SECONDS, SENDING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.crm.ownership import Ownership
    from core.crm.properties import ObjectType
    from core.crm.tally import Tally
    from core.hubspot.portals import Portals
    from core.reconcile.findings import Finding
    from core.reconcile.run import Run


@dataclass(frozen=True, slots=True)
class Stretches:
    """Goes on with tenants' runs.

    HubSpot is called on `calling`'s threads, DynamoDB on `storing`'s. `look` and `told` are given
    the tenant too.
    """

    core_table: str
    dynamodb: DynamoDBClient
    portals: Portals
    ownership: Ownership
    calling: Executor
    storing: Executor
    clock: Clock
    look: Callable[[str, ObjectType, str], None]
    told: Callable[[str, Finding], None]

    def runs(self, tenant: str) -> StoredRuns:
        """Return a tenant's runs."""
        return StoredRuns(self.dynamodb, self.core_table, tenant)

    def go_on(self, tenant: str, tally: Tally) -> tuple[Reconciler, Run | None]:
        """Go on with a tenant's run for up to a minute; return who did, and how far it is."""
        started = self.clock.now()
        reconciler = self._reconciler(tenant, tally, started + SENDING_SECONDS * 1000)
        run = reconciler.go_on(started + RUN_SECONDS * 1000)
        if run is not None and "401" in run.problem:
            self.portals.forget(tenant)
        return reconciler, run

    def _reconciler(self, tenant: str, tally: Tally, until: int) -> Reconciler:
        core, dynamodb, clock = self.core_table, self.dynamodb, self.clock
        hubspot = self.portals.of(tenant)
        budget = UnhurriedBudget(dynamodb, core, tenant, clock)
        reader = Reader(Conveyor(hubspot, budget, clock, self.calling, tally, until=until))
        records = StoredRecords(dynamodb, core, tenant, self.storing)
        catalogue = StoredCatalogue(dynamodb, core, tenant)
        comparison = Comparison(reader, self.ownership, clock)
        examiner = Examiner(records, comparison)
        orders = OrderExaminer(hubspot, records, catalogue, reader, comparison)
        return Reconciler(
            self.runs(tenant),
            StoredMending(dynamodb, core, clock, lambda *seen: self.look(tenant, *seen)),
            catalogue,
            examiner,
            orders,
            Sweep(reader, catalogue, examiner, orders),
            clock,
            lambda finding: self.told(tenant, finding),
        )
