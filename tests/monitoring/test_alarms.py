"""Each alarm on a figure of ours, fed with that figure as the code really writes it."""

from __future__ import annotations

import importlib
import json
import os
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws

from core import metrics
from core.clock import SystemClock
from core.crm.calls import Input, read
from core.crm.inbound.cases import Result
from core.crm.inbound.looking import Looked
from core.crm.notices import Notice
from core.crm.properties import ObjectType
from core.crm.tally import Tally
from core.reconcile.findings import LEFT_TO_A_PERSON
from core.reconcile.run import Mode, Run
from core.store.tenancy import StoredTenancy
from hubspot_inbound.report import report
from infra.alarms import ALARMS
from tests.fakes.clock import FakeClock
from tests.functions.hubspot_check.scene import DAY_MS, Checked
from tests.functions.hubspot_sync.test_handler import Function
from tests.functions.hubspot_webhook.test_webhook import PUBLIC_URL, SECRET, delivery
from tests.monitoring.figures import state_of
from tests.support import tables
from tests.support.cloudwatch import ALARM, OK, Metrics
from tests.support.direct_twin import direct_twin
from tests.support.doors import as_role
from tests.support.quick_moto import quick_moto
from tests.support.reconcile_function import Function as Reconcile
from tests.support.running_twin import TOKEN, running_twin
from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.monitoring.figures import Figures

OURS = [alarm for alarm in ALARMS if alarm.service]


@pytest.fixture
def sync() -> Iterator[Any]:
    """Return the writer's handler."""
    with mock_aws(), running_twin() as twin:
        yield Function(twin).module


@pytest.fixture
def webhook() -> Iterator[Any]:
    """Return the webhooks' handler."""
    with mock_aws():
        secret = boto3.client("secretsmanager").create_secret(
            Name="w", SecretString=json.dumps({"current": SECRET, "previous": None})
        )
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        StoredTenancy(dynamodb, tables.ACCESS).put_tenant("main", "7")
        environment = {
            "WEBHOOK_SECRET_ARN": secret["ARN"],
            "PUBLIC_URL": PUBLIC_URL,
            "ACCESS_TABLE": tables.ACCESS,
            "INBOUND_QUEUE_URL": boto3.client("sqs").create_queue(QueueName="i")["QueueUrl"],
        }
        with patch.dict(os.environ, environment):
            yield importlib.reload(importlib.import_module("hubspot_webhook.handler"))


@pytest.mark.parametrize(
    ("name", "quiet", "loud"),
    [
        ("RecordsParked", {}, {"parked": Counter(orders=1)}),
        ("HubspotRateLimited", {"limited": Counter(orders=4)}, {"limited": Counter(a=3, b=2)}),
        ("HubspotQuotaShared", {"others": 18}, {"others": 19}),
        ("SyncLag", {"lags": [1_000] * 95 + [900_000] * 5}, {"lags": [599_000, 700_000, 700_000]}),
    ],
)
def test_what_sync_says(
    figures: Figures, sync: Any, name: str, quiet: dict[str, Any], loud: dict[str, Any]
) -> None:
    """Guarantee: sync's report of a run raises the alarm from its threshold on, and not below."""
    figures.of("hubspot_sync", lambda: sync.report("main", Tally(rounds=1, **quiet)))
    assert state_of(name, figures) == OK
    figures.of("hubspot_sync", lambda: sync.report("main", Tally(rounds=1, **loud)))
    assert state_of(name, figures) == ALARM
    figures.of("hubspot_sync", lambda: sync.report("other", Tally(rounds=1, **loud)))


def test_hubspot_away(figures: Figures, sync: Any) -> None:
    """Guarantee: five runs without an answer within five minutes are told, four are not."""
    for count, expected in ((4, OK), (5, ALARM)):
        figures.metrics = Metrics()
        for at in range(count):
            figures.of("hubspot_sync", lambda: sync.report("main", Tally(rounds=1, down=True)), at)
        assert state_of("HubspotDown", figures) == expected


def test_a_check_that_finds_something(figures: Figures) -> None:
    """Guarantee: findings and a token's age are told by the check itself, when they are there."""
    with mock_aws(), running_twin() as twin:
        checked = Checked(twin)
        figures.of("hubspot_check", checked.report)
        assert state_of("HubspotFindings", figures) == OK
        assert state_of("HubspotTokenAgeDays", figures) == OK
        checked.since -= 90 * DAY_MS
        checked.tenancy.put_tenant("main", "999")
        figures.of("hubspot_check", checked.report)
    assert state_of("HubspotFindings", figures) == ALARM
    assert state_of("HubspotTokenAgeDays", figures) == ALARM


def test_a_token_that_only_its_predecessor_replaces(figures: Figures) -> None:
    """Guarantee: a fall back to the previous token is told by the first call that needs it."""
    with mock_aws(), running_twin() as twin:
        checked = Checked(twin)
        checked.put_again(json.dumps({"token": "pat-na1-wrong", "previous": TOKEN}))
        assert state_of("HubspotTokenFallback", figures) == OK
        portals = checked.module.portals
        (call,) = read(ObjectType.CONTACTS, "email", [Input("a", "a@example.org")], ["email"])
        figures.of("hubspot_sync", lambda: portals.of("main").send(call))
    assert state_of("HubspotTokenFallback", figures) == ALARM


@pytest.fixture
def reconcile() -> Iterator[Reconcile]:
    """Return the reconcile function, deployed."""
    with quick_moto(), direct_twin() as twin:
        yield Reconcile(twin)


def test_what_reconcile_finds(figures: Figures, reconcile: Reconcile) -> None:
    """Guarantee: a finished run tells what was mended and what is left; one without finds none."""
    through = reconcile.module.reporting.through
    run = Run("r", Mode.FULL, 0)
    figures.of("reconcile", lambda: through("main", run))
    assert state_of("Drift", figures) == state_of("DriftLeft", figures) == OK
    figures.of("reconcile", lambda: through("main", replace(run, drift={"products.price": 1})))
    assert (state_of("Drift", figures), state_of("DriftLeft", figures)) == (ALARM, OK)
    left = {f"products.{min(LEFT_TO_A_PERSON)}": 1}
    figures.of("reconcile", lambda: through("main", replace(run, drift=left)))
    assert state_of("DriftLeft", figures) == ALARM


def test_reconcile_limited_and_overdue(figures: Figures, reconcile: Reconcile) -> None:
    """Guarantee: five 429s in five minutes, and two intervals without a full run, are told."""
    stretch = reconcile.module.reporting.stretch
    for limited, expected in ((4, OK), (1, ALARM)):
        tally, run = Tally(limited=Counter(search=limited)), Run("r", Mode.FULL, 0)
        figures.of("reconcile", partial(stretch, "main", run, tally))
        assert state_of("ReconcileRateLimited", figures) == expected
    figures.of("reconcile", reconcile.invoke)
    assert state_of("ReconcileOverdue", figures) == OK
    clock = FakeClock(SystemClock().now() + 2 * DAY_MS + 60_000)
    vars(reconcile.module)["beginning"] = replace(vars(reconcile.module)["beginning"], clock=clock)
    figures.of("reconcile", reconcile.invoke)
    assert state_of("ReconcileOverdue", figures) == ALARM


@pytest.mark.parametrize(
    ("name", "result", "below", "at"),
    [
        ("InboundPutRight", Result.PUT_RIGHT, 19, 1),
        ("InboundUndone", Result.UNDONE, 0, 1),
        ("InboundConflicts", Result.CONFLICT, 0, 1),
    ],
)
def test_what_inbound_finds(
    figures: Figures, name: str, result: Result, below: int, at: int
) -> None:
    """Guarantee: what is put right, undone or in conflict is told from the threshold on."""
    for count, expected in ((below, OK), (at, ALARM)):
        looked = Looked(Counter({result: count, Result.APPLIED: 50}))
        figures.of("hubspot_inbound", partial(report, "main", (), looked, 0))
        assert state_of(name, figures) == expected


def test_what_comes_late_from_hubspot(figures: Figures) -> None:
    """Guarantee: "InboundLag" is told when a notice is looked at after ten minutes."""
    for age, expected in ((599_999, OK), (600_000, ALARM)):
        late = Notice("main", ObjectType.ORDERS, "1", since=1)
        figures.of("hubspot_inbound", partial(report, "main", [late], Looked(), age + 1))
        assert state_of("InboundLag", figures) == expected


def test_deletions_in_hubspot(figures: Figures, webhook: Any) -> None:
    """Guarantee: a hundred deletions in a day are told, ninety-nine are not."""

    def deleted(number: int) -> None:
        one = {"subscriptionType": "object.deletion", "objectTypeId": "0-1", "objectId": 7}
        raw = json.dumps([one | {"portalId": 7}] * number).encode()
        assert webhook.handler(delivery(raw), None)["statusCode"] == 204

    figures.of("hubspot_webhook", lambda: deleted(99))
    assert state_of("HubspotDeletions", figures) == OK
    figures.of("hubspot_webhook", lambda: deleted(1), at=80_000)
    assert state_of("HubspotDeletions", figures) == ALARM


def test_signatures_that_do_not_hold(figures: Figures, webhook: Any) -> None:
    """Guarantee: fifty wrong signatures in five minutes are told; a genuine call is none."""
    forged, genuine = delivery(b"[]", secret="another"), delivery(b"[]")  # noqa: S106 - it opens nothing
    for _ in range(49):
        figures.of("hubspot_webhook", lambda: webhook.handler(forged, None))
    figures.of("hubspot_webhook", lambda: webhook.handler(genuine, None))
    assert state_of("SignatureFailures", figures) == OK
    figures.of("hubspot_webhook", lambda: webhook.handler(forged, None))
    assert state_of("SignatureFailures", figures) == ALARM


def test_calls_that_a_known_caller_may_not_make(figures: Figures) -> None:
    """Guarantee: fifty denials of a tenant are told, with the principal beside; reads are none."""
    with open_shop() as shop:
        reader = {"identity": as_role("Reader")}
        figures.of("inventory_api", lambda: shop.door.get_product("A", **reader))
        for _ in range(49):
            figures.of("inventory_api", lambda: shop.door.put_product("A", {}, **reader))
        assert state_of("DeniedCalls", figures) == OK
        figures.of("inventory_api", lambda: shop.door.put_product("A", {}, **reader))
    assert state_of("DeniedCalls", figures) == ALARM


def test_an_audit_that_nobody_seals(figures: Figures) -> None:
    """Guarantee: ten minutes of unsealed entries are told, and so is a sealer that says nothing."""
    assert state_of("AuditUnsealedAge", figures) == ALARM
    for age, expected in ((599_999, OK), (600_000, ALARM)):
        for at in (1, 301):
            write = partial(metrics.milliseconds, "AuditUnsealedAge", [age])
            figures.of("audit_sealer", write, at=at)
        assert state_of("AuditUnsealedAge", figures) == expected


def test_no_alarm_goes_unproven(request: pytest.FixtureRequest) -> None:
    """Guarantee: each alarm on a figure of ours is named by a test of this folder."""
    text = "".join(path.read_text("utf-8") for path in request.path.parent.glob("test_*.py"))
    assert not [alarm.name for alarm in OURS if f'"{alarm.name}"' not in text]
