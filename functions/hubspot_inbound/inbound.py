"""One tenant's way in, put together from its parts."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from core.crm.conveyor import Conveyor
from core.crm.inbound.cases import Clerk
from core.crm.inbound.contacts import Contacts
from core.crm.inbound.lines import Lines
from core.crm.inbound.looking import Looking
from core.crm.inbound.orders import Orders
from core.crm.inbound.products import Products
from core.crm.inbound.reading import Reading
from core.crm.inbound.repairs import Repairs
from core.crm.ownership import parsed
from core.crm.tally import Tally
from core.orders.change import Change
from core.store.budget import StoredBudget
from core.store.crm import StoredRecords
from core.store.customers import StoredCustomers
from core.store.inbound import StoredLinks
from core.store.inbound_people import StoredPeople
from core.store.marks import Lingers
from core.store.orders import StoredOrders
from core.store.work import StoredWork
from core.ulids import Ulids
from hubspot_inbound.settings import SENDING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.crm.inbound.kinds import Kind
    from core.crm.inbound.looking import Looked
    from core.crm.notices import Notice
    from core.hubspot.portals import Portals
    from hubspot_inbound.settings import Settings


class Inbound:
    """Looks at what a tenant's notices name."""

    def __init__(
        self,
        settings: Settings,
        guard_key: bytes,
        dynamodb: DynamoDBClient,
        portals: Portals,
        executor: Executor,
        clock: Clock,
    ) -> None:
        """Keep the parts; HubSpot and DynamoDB are called on the executor's threads."""
        self._settings = settings
        self._guard_key = guard_key
        self._dynamodb = dynamodb
        self._portals = portals
        self._executor = executor
        self._clock = clock
        self._ownership = parsed(settings.field_ownership)
        self._lingers = Lingers(settings.order_linger_seconds, settings.stock_linger_seconds)
        self._ids = Ulids()

    def look(self, tenant: str, notices: Iterable[Notice], correlation_id: str) -> Looked:
        """Settle a tenant's notices; `correlation_id` names the run in the audit."""
        clerk = Clerk(tenant, correlation_id, self._ids, self._clock)
        return self._looking(tenant, clerk).look(notices)

    def _looking(self, tenant: str, clerk: Clerk) -> Looking:
        dynamodb, core, audit = (
            self._dynamodb,
            self._settings.core_table,
            self._settings.audit_table,
        )
        clock, lingers = self._clock, self._lingers
        hubspot = self._portals.of(tenant)
        conveyor = Conveyor(
            hubspot,
            StoredBudget(dynamodb, core, tenant, clock),
            clock,
            self._executor,
            Tally(),
            until=clock.now() + SENDING_SECONDS * 1000,
        )
        records = StoredRecords(dynamodb, core, tenant, self._executor)
        links = StoredLinks(dynamodb, core, audit, tenant, lingers, clock)
        customers = StoredCustomers(dynamodb, core, self._guard_key, lingers)
        work = StoredWork(dynamodb, core, tenant, lingers, clock, self._executor)
        people = StoredPeople(dynamodb, core, audit, tenant, customers, work)
        repairs = Repairs(links, self._ownership, clerk)
        orders = StoredOrders(dynamodb, core, audit, customers, lingers)
        change = Change(orders, clock, self._ids, SystemRandom())
        contacts = Contacts(records, links, people, repairs, clerk)
        kinds: tuple[Kind, ...] = (
            contacts,
            Products(records, links, repairs),
            Orders(hubspot, records, links, repairs, orders, change, clerk),
            Lines(records, links, clerk),
        )
        by_type = {kind.type: kind for kind in kinds}
        return Looking(Reading(conveyor), by_type, contacts, self._ownership)
