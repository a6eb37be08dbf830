"""The alarms on the compliance report, fed with what the function writes on MiniStack."""

from __future__ import annotations

import os
from random import SystemRandom
from secrets import token_bytes
from typing import TYPE_CHECKING
from unittest.mock import patch

from core.access.keys import KeyDraft
from core.keyring.bootstrap import Bootstrap
from core.store.keyring import StoredKeyring
from core.ulids import Ulids
from tests.fakes.clock import FakeClock
from tests.functions.hubspot_check.scene import DAY_MS
from tests.monitoring.figures import state_of
from tests.support.cloudwatch import ALARM, OK
from tests.support.compliance_function import Looked

if TYPE_CHECKING:
    from tests.monitoring.figures import Figures
    from tests.support.emulator_dynamodb import Emulated


def test_what_compliance_says(figures: Figures, emulated: Emulated) -> None:
    """Guarantee: a setting that is wrong, an old key and an idle one are told by the next look."""
    with patch.dict(os.environ, {"AWS_ENDPOINT_URL": emulated.url}):
        looked = Looked(emulated, "alarmed", table=False)
        figures.of("compliance", looked.failures)
        names = ("ComplianceFailures", "KeyAgeDays", "KeysNeverUsed")
        assert [state_of(name, figures) for name in names] == [OK, OK, OK]
        looked.client("logs").delete_retention_policy(logGroupName="alarmed")
        store = StoredKeyring(looked.client("dynamodb"), looked.access, looked.audit)
        then = FakeClock(looked.clock.at - 90 * DAY_MS)
        made = Bootstrap(store, then, Ulids(), SystemRandom(), token_bytes)
        draft = KeyDraft("old", ("stock:read",), expires_at=looked.clock.at + DAY_MS)
        made.first_key("main", draft, by="me", request_id="r")
        figures.of("compliance", looked.failures)
    assert [state_of(name, figures) for name in names] == [ALARM, ALARM, ALARM]
