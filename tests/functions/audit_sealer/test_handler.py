"""The sealer as Lambda runs it: every tenant, whatever becomes of another one."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.clock import SystemClock
from core.ids import DEPLOYMENT
from core.sealing.sealer import MINUTE_MS
from core.store.tenancy import StoredTenancy
from tests.fakes.clock import FakeClock
from tests.support import tables
from tests.support.audit_desk import AuditDesk
from tests.support.doors import LambdaContext
from tests.support.shop import fresh_handler

if TYPE_CHECKING:
    from tests.support.emulator_dynamodb import Emulated


class Context(LambdaContext):
    """What the sealer asks of Lambda."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the whole of the function's time."""
        return 55_000


@pytest.fixture
def desk(emulated: Emulated) -> AuditDesk:
    """Return an audit of two tenants, one of them switched off, on the real clock."""
    made = AuditDesk.open(emulated, FakeClock(SystemClock().now() - 30 * MINUTE_MS))
    tenancy = StoredTenancy(made.dynamodb, made.table.removesuffix(tables.AUDIT) + tables.ACCESS)
    for tenant in ("left", "stays"):
        tenancy.put_tenant(tenant, "1")
    tenancy.remove_tenant("left")
    return made


@pytest.fixture
def sealer(desk: AuditDesk, emulated: Emulated) -> Any:
    """Return the handler's module, imported with its environment."""
    environment = {"AWS_ENDPOINT_URL": emulated.url, "AUDIT_BUCKET": desk.bucket}
    with patch.dict(os.environ, environment | {"POWERTOOLS_SERVICE_NAME": "audit_sealer"}):
        module = fresh_handler("audit_sealer.handler", desk.table.removesuffix(tables.AUDIT))
        yield module


def test_every_tenant_is_sealed_and_the_deployment_itself(
    desk: AuditDesk, sealer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: tenants that were switched off too, and the run tells the oldest unsealed age."""
    for tenant in (DEPLOYMENT, "left", "stays"):
        desk.write(2, tenant=tenant)
    counts = sealer.handler({}, Context())
    assert counts == {"blocks": 3, "entries": 6, "late": 0, "contended": 0}
    metric = [json.loads(line) for line in capsys.readouterr().out.splitlines()][-1]
    assert metric["service"] == "audit_sealer"
    assert metric["AuditUnsealedAge"][0] >= 30 * MINUTE_MS
    sealer.handler({}, Context())
    metric = [json.loads(line) for line in capsys.readouterr().out.splitlines()][-1]
    assert metric["AuditUnsealedAge"][0] < 5 * MINUTE_MS


def test_a_tenant_that_cannot_be_sealed_stops_no_other(
    desk: AuditDesk, sealer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: a foreign block fails the run and silences its figure, after all others."""
    desk.s3.put_object(Bucket=desk.bucket, Key="blocks/left/000000000000.json", Body=b"{}")
    for tenant in ("left", "stays"):
        desk.write(2, tenant=tenant)
    with pytest.raises(RuntimeError, match="1 tenants could not be sealed"):
        sealer.handler({}, Context())
    assert [key for key, _ in desk.objects() if "stays" in key]
    assert "AuditUnsealedAge" not in capsys.readouterr().out
