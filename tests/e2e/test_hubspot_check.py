"""A deployer's check against the deployed function: its role may see what it must."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests

from core.crm.scopes import NEEDED
from countersign import hubspot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.system import System

TENANT, PORTAL, ELSEWHERE = "second", 2, 1
TOKEN = "pat-na1-of-the-second-portal"  # noqa: S105 - opens the twin only
SECRET = f"Countersign/hubspot/{TENANT}"


@pytest.fixture
def let_in(system: System) -> Iterator[Callable[..., None]]:
    """Put a token into the second tenant's secret for one test; return what lets it in."""
    manager = system.endpoint.session().client("secretsmanager")
    unfilled = manager.get_secret_value(SecretId=SECRET)["SecretString"]
    manager.put_secret_value(
        SecretId=SECRET, SecretString=json.dumps({"token": TOKEN, "previous": None})
    )

    def to(portal: int, scopes: frozenset[str] = NEEDED) -> None:
        body = {"token": TOKEN, "portal": portal, "scopes": sorted(scopes)}
        requests.post(f"{system.portal.url}/_twin/tokens", json=body, timeout=5).raise_for_status()

    requests.post(
        f"{system.portal.url}/_twin/portals", json={"portal": PORTAL}, timeout=5
    ).raise_for_status()
    yield to
    manager.put_secret_value(SecretId=SECRET, SecretString=unfilled)


def codes(system: System, tenant: str) -> set[str]:
    """Return the codes of what the deployed check finds."""
    session, function = system.target().session(), system.outputs.hubspot_check_function
    report = hubspot.check(session, function, tenant)
    assert report["token_age_days"] == 0
    return {finding["code"] for finding in report["findings"]}


def test_the_local_run_has_no_finding(system: System) -> None:
    """Guarantee: what `make run` sets up is as the check wants it, scopes and all."""
    assert codes(system, "main") == set()


def test_each_break_of_a_portal_is_told(system: System, let_in: Callable[..., None]) -> None:
    """Guarantee: a missing scope, an archived property and a wrong portal are each found."""
    session = system.target().session()
    let_in(PORTAL)
    hubspot.provision(session, system.outputs.hubspot_provision_function, TENANT)
    assert codes(system, TENANT) == set()

    let_in(PORTAL, NEEDED - {"crm.objects.orders.write"})
    assert codes(system, TENANT) == {"scope_missing"}

    let_in(PORTAL)
    requests.delete(
        f"{system.portal.url}/crm/properties/2026-09/orders/countersign_tax",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
    ).raise_for_status()
    assert codes(system, TENANT) == {"property_missing"}

    let_in(ELSEWHERE)
    assert codes(system, TENANT) == {"portal_wrong", "portal_shared"}
