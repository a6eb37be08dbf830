"""One run of a tenant's writer, put together from its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.conveyor import Conveyor
from core.crm.needs import Needs
from core.crm.orders import OrderPusher
from core.crm.ownership import parsed
from core.crm.pusher import Pusher
from core.crm.settling import Settling
from core.crm.tally import Tally
from core.crm.writer import Writer
from core.store.budget import StoredBudget
from core.store.crm import StoredRecords
from core.store.marks import Lingers
from core.store.work import StoredWork
from hubspot_sync.settings import RUN_SECONDS, SENDING_SECONDS

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.hubspot.portals import Portals
    from hubspot_sync.settings import Settings


class Sync:
    """Runs a tenant's writer."""

    def __init__(
        self,
        settings: Settings,
        dynamodb: DynamoDBClient,
        portals: Portals,
        calling: Executor,
        storing: Executor,
        clock: Clock,
    ) -> None:
        """Keep the parts; HubSpot is called on `calling`'s threads, DynamoDB on `storing`'s."""
        self._settings = settings
        self._dynamodb = dynamodb
        self._portals = portals
        self._calling = calling
        self._storing = storing
        self._clock = clock
        self._ownership = parsed(settings.field_ownership)

    def run(self, tenant: str) -> Tally:
        """Push what the tenant owes to HubSpot, for up to a minute."""
        core, clock = self._settings.core_table, self._clock
        started = clock.now()
        hubspot = self._portals.of(tenant)
        lingers = Lingers(self._settings.order_linger_seconds, self._settings.stock_linger_seconds)
        work = StoredWork(self._dynamodb, core, tenant, lingers, clock, self._storing)
        records = StoredRecords(self._dynamodb, core, tenant, self._storing)
        tally = Tally()
        conveyor = Conveyor(
            hubspot,
            StoredBudget(self._dynamodb, core, tenant, clock),
            clock,
            self._calling,
            tally,
            until=started + SENDING_SECONDS * 1000,
        )
        settling = Settling(work, records, clock, tally)
        pusher = Pusher(hubspot, conveyor, settling, tally, self._ownership)
        needs = Needs(pusher, records, clock)
        orders = OrderPusher(hubspot, conveyor, pusher, needs, settling, clock, tally)
        writer = Writer(work, records, pusher, orders, settling, conveyor, clock, tally, lingers.of)
        writer.run(started + RUN_SECONDS * 1000)
        if any("denied 401" in reason for reason in tally.reasons):
            self._portals.forget(tenant)
        return tally
