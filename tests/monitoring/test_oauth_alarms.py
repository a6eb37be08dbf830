"""The alarms on OAuth's tokens, fed with what the function writes when HubSpot gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto import mock_aws

from tests.flow.faults import script
from tests.functions.hubspot_oauth.scene import TENANT, TOKEN_PATH, Connected
from tests.monitoring.figures import state_of
from tests.support.cloudwatch import ALARM, OK
from tests.support.running_twin import running_twin

if TYPE_CHECKING:
    from tests.monitoring.figures import Figures


def test_an_oauth_token_that_is_not_renewed(figures: Figures) -> None:
    """Guarantee: three failures in five minutes are told, and a grant that ended at once."""
    with mock_aws(), running_twin() as twin:
        oauth = Connected(twin)
        oauth.connect()
        oauth.advance(24)
        script(twin.twin, TOKEN_PATH, status=503, times=3)
        for at, expected in enumerate((OK, OK, ALARM)):
            figures.of("hubspot_oauth", oauth.tick, at)
            assert state_of("HubspotRefreshFailed", figures, TENANT) == expected
        figures.of("hubspot_oauth", oauth.tick)
        assert state_of("HubspotGrantEnded", figures, TENANT) == OK
        oauth.advance(24)
        twin.twin.grants.refresh_tokens.clear()
        figures.of("hubspot_oauth", oauth.tick)
    assert state_of("HubspotGrantEnded", figures, TENANT) == ALARM
