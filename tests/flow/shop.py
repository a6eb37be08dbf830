"""A shop in one process: the real use cases over moto's DynamoDB, the real sync, and the twin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from core.hubspot.portals import Portals
from hubspot_provision.provision import provision
from hubspot_sync.settings import Settings
from hubspot_sync.sync import Sync
from tests.support import tables
from tests.support.books import LINGERS, TENANT, Books

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.clock import Clock
    from core.crm.tally import Tally
    from tests.support.running_twin import RunningTwin


class Shop(Books):
    """What a test does to a shop and its portal, and sees of both."""

    def __init__(
        self, dynamodb: DynamoDBClient, twin: RunningTwin, version: str = "2026-09"
    ) -> None:
        """Put the sync together, as its handler does."""
        super().__init__(dynamodb)
        self.twin = twin
        # moto bears one thread only.
        self.executors: tuple[Executor, Executor] = (ThreadPoolExecutor(20), ThreadPoolExecutor(1))
        self.speak(version)

    def speak(self, version: str, clock: Clock | None = None) -> None:
        """Call HubSpot by this API version from now on, and sync by another clock if told."""
        self.version = version
        self.portals = Portals("hubspot/", self.twin.url, version, self._secret, self.clock)
        settings = Settings(
            self.core,
            tables.ACCESS,
            "",
            "hubspot/",
            self.twin.url,
            version,
            LINGERS.orders,
            LINGERS.stock,
            "{}",
        )
        clock = clock or self.clock
        self.syncing = Sync(settings, self.dynamodb, self.portals, *self.executors, clock)

    def provision(self) -> None:
        """Make the portal ready."""
        report = provision(self.portals.of(TENANT), TENANT, "1", self.version)
        assert not report.problems, report.problems

    def sync(self, after: float = 61) -> Tally:
        """Let `after` seconds pass, then run the writer once."""
        self.clock.advance(round(after * 1000))
        return self.syncing.run(TENANT)

    def shown(self, kind: str) -> list[dict[str, Any]]:
        """Return what HubSpot holds of a type, archived records left out."""
        records = self.twin.call("GET", f"/_twin/records?type={kind}").body[kind]
        return [r for r in records if not r["archived"]]

    def one(self, kind: str, **properties: str) -> dict[str, Any]:
        """Return the one record of a type that has these property values."""
        found = [
            r
            for r in self.shown(kind)
            if all(r["properties"].get(n) == v for n, v in properties.items())
        ]
        assert len(found) == 1, found
        return found[0]

    def calls(self) -> Mapping[str, int]:
        """Return the counts of calls since the last time, set-up apart."""
        counts: Mapping[str, int] = self.twin.call("GET", "/_twin/stats").body["calls"]
        self.twin.call("POST", "/_twin/stats/reset")
        return counts

    def _secret(self, _name: str) -> str:
        return f'{{"token": "{self.twin.token}"}}'
