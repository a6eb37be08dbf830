"""The keys' use cases over each implementation of their store, by a clock that only tests move."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from core.access.keys import KeyDraft
from core.access.principal import Kind, Principal
from core.access.scopes import SCOPES, VENDABLE
from core.audit import Act
from core.keyring.bootstrap import Bootstrap
from core.keyring.incidents import Incidents, Operator
from core.keyring.keys import Keyring
from core.routes import Door
from core.store import table
from core.store.cuts import StoredCuts
from core.store.keyring import StoredKeyring
from core.store.tenancy import StoredTenancy
from tests.fakes.clock import FakeClock
from tests.fakes.ids import TimedUlids
from tests.fakes.keyring import FakeKeyring
from tests.faults.injector import injected_into_moto
from tests.support import tables
from tests.support.quick_moto import quick_moto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from core.access.credential import Credential
    from core.keyring.ports import BootstrapStore, CutStore, KeyStore, KnownKey

TENANT, OTHER = "main", "other"
ROLE = "role/123456789012/Caller"
OPERATOR = Operator("ana", "request-1")


@dataclass
class Vault:
    """What people do with keys; `faults` go wrong before the store sees a write."""

    keys: KeyStore
    firsts: BootstrapStore
    cuts: CutStore
    faults: Any
    dynamodb: DynamoDBClient | None = None
    fake: FakeKeyring | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - dice for a test

    @property
    def keyring(self) -> Keyring:
        """The use cases of keys, with chance that a test can repeat."""
        ids = TimedUlids(self.clock)
        return Keyring(self.keys, self.clock, ids, self.dice, self.dice.randbytes)

    @property
    def incidents(self) -> Incidents:
        """The use cases of cuts."""
        return Incidents(self.cuts, self.clock, TimedUlids(self.clock), self.dice)

    def act(
        self,
        *proofs: str,
        scopes: Iterable[str] = SCOPES,
        gives: Iterable[str] = VENDABLE,
        tenant: str = TENANT,
    ) -> Act:
        """Return a call by whoever showed these proofs, a registered role unless told."""
        shown = proofs or (ROLE,)
        who = Principal(
            tenant,
            shown[0],
            Kind.ROLE,
            Door.SIGNED,
            frozenset(scopes),
            gives=frozenset(gives),
            proofs=shown,
            origins=frozenset(shown),
        )
        return Act(who, "request-1")

    def make(self, *proofs: str, **more: Any) -> tuple[Credential, str]:
        """Make a key that may read stock, unless told otherwise, and return it with its text."""
        tenant = more.pop("tenant", TENANT)
        draft = KeyDraft(**({"name": "one", "scopes": ("stock:read",)} | more))
        made, text = self.keyring.make(self.act(*proofs, tenant=tenant), draft)
        return made.key, text

    def first(self, tenant: str = TENANT, **more: Any) -> tuple[Credential, str]:
        """Make a tenant's first key."""
        ids = TimedUlids(self.clock)
        use = Bootstrap(self.firsts, self.clock, ids, self.dice, self.dice.randbytes)
        draft = KeyDraft(**({"name": "first", "scopes": ("keys:manage",)} | more))
        return use.first_key(tenant, draft, by="ana", request_id="request-1")

    def known(self, key_id: str, tenant: str = TENANT) -> KnownKey:
        """Return a key as the store knows it."""
        found = self.keys.find(tenant, key_id)
        assert found is not None
        return found

    def audited(self) -> list[tuple[str, str]]:
        """Return action and resource of every audit entry, in order."""
        if self.fake is not None:
            entries = sorted(self.fake.audit.items())
            return [(e.action, e.resource) for _, e in entries]
        items = sorted(self.items(tables.AUDIT), key=lambda i: str(i["sk"]))
        return [(i["action"], i["resource"]) for i in items]

    def items(self, name: str = tables.ACCESS) -> list[dict[str, Any]]:
        """Return a table's items; only where there is one."""
        assert self.dynamodb is not None
        return [table.from_wire(i) for i in self.dynamodb.scan(TableName=name)["Items"]]


@contextmanager
def fake() -> Iterator[Vault]:
    """Open a vault in memory."""
    store = FakeKeyring()
    yield Vault(store, store, store, store.faults, fake=store)


@contextmanager
def real() -> Iterator[Vault]:
    """Open a vault over moto; each attempt of a call is its own."""
    with quick_moto():
        config = Config(retries={"mode": "standard", "total_max_attempts": 1})
        dynamodb = boto3.client("dynamodb", config=config)
        tables.create(dynamodb)
        tenancy = StoredTenancy(dynamodb, tables.ACCESS)
        tenancy.put_tenant(TENANT, "1")
        tenancy.put_tenant(OTHER, "2")
        store = StoredKeyring(dynamodb, tables.ACCESS, tables.AUDIT)
        cuts = StoredCuts(dynamodb, tables.ACCESS, tables.AUDIT)
        with injected_into_moto(dynamodb) as faults:
            yield Vault(store, store, cuts, faults, dynamodb)


VAULTS = {"fake": fake, "moto": real}


def interrupt(vault: Vault, rival: Callable[[], object]) -> None:
    """Let `rival` act right before the next write."""

    def decide(_: str) -> None:
        vault.faults.stop()
        rival()

    vault.faults.decide = decide
