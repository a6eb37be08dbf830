"""The doctor against the deployed system: what a person reads, and what an operator adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from countersign import Client, Signed
from countersign.doctor import evidence
from countersign.doctor.diagnosis import findings
from countersign.doctor.exchange import observe
from countersign.doctor.operator import Operator, role_of
from tests.e2e.door import REGION

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from local.system import System


@pytest.mark.parametrize(("tenant", "code"), [(None, []), ("other", ["tenant_or_scope"])])
def test_a_tenant_that_was_not_granted_is_found(
    system: System, caller: Credentials, tenant: str | None, code: list[str]
) -> None:
    """Without rights the likeliest is told; with them the handler's own reason, by the request."""
    target = system.target()
    flavour = Signed(REGION, caller)
    if tenant is not None:
        target = type(target)(
            **{name: getattr(target, name) for name in target.__slots__} | {"tenant": tenant}
        )
    with Client(target, flavour=flavour) as client:
        seen = observe(client, "GET", "/v1/stock?limit=1")
    assert [one.code for one in findings(seen)] == code
    if tenant is None:
        return
    session = system.endpoint.session()
    role = role_of(session, caller.get_frozen_credentials())
    assert role == system.outputs.caller_role_arn
    read = Operator(session).evidence(seen.expected.api, seen.request_id, seen.at, role)
    told = {one.code: one.says for one in evidence.findings(read, role)}
    assert "has no grant for the tenant" in told["logged"]
