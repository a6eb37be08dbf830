"""CloudFormation custom resource: writes who may call into the access table.

So that who may call stands in one place, the deployment's settings: from them come both the signed
door's resource policy and what the handlers look up.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from core.log import logger
from core.settings import read
from core.store.issuers import StoredIssuers
from core.store.table import client
from core.store.tenancy import StoredTenancy
from registry.declaration import Declaration, as_written, declaration
from registry.settings import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = read(Settings, os.environ)
log = logger("registry")
dynamodb = client()
tenancy = StoredTenancy(dynamodb, settings.access_table)
issuers = StoredIssuers(dynamodb, settings.access_table)


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Apply the change, then tell CloudFormation how it went; it waits for exactly one answer."""
    try:
        _apply(event)
    except Exception as error:
        log.exception("not applied")
        _answer(event, context, "FAILED", str(error))
        return
    _answer(event, context, "SUCCESS", "")


def _apply(event: dict[str, Any]) -> None:
    """Write what is declared, then switch off what was declared before and is no more."""
    nothing = Declaration({}, {})
    deleted = event["RequestType"] == "Delete"
    new = nothing if deleted else declaration(event["ResourceProperties"])
    previous = event.get("ResourceProperties" if deleted else "OldResourceProperties")
    old = as_written(previous) if previous else nothing
    _put(new)
    _switch_off(old, new)
    log.info(
        "applied",
        tenants=sorted(new.tenants),
        roles=[n for _, n in sorted(new.roles)],
        issuers=sorted(new.issuers),
    )


def _put(new: Declaration) -> None:
    for tenant, portal_id in new.tenants.items():
        tenancy.put_tenant(tenant, portal_id, new.regions.get(tenant, ""))
    for portal_id, (tenant, reads) in new.portals.items():
        tenancy.put_portal(portal_id, tenant, reads)
    for (account, name), grants in new.roles.items():
        tenancy.put_role(account, name, grants)
    for issuer in new.issuers.values():
        issuers.put_issuer(issuer)
    for (tenant, name), issuer in new.clients.items():
        issuers.put_client(tenant, name, issuer)


def _switch_off(old: Declaration, new: Declaration) -> None:
    for tenant, name in set(old.clients) - set(new.clients):
        issuers.remove_client(tenant, name)
    for iss in set(old.issuers) - set(new.issuers):
        issuers.remove_issuer(iss)
    for account, name in set(old.roles) - set(new.roles):
        tenancy.remove_role(account, name)
    for portal_id in set(old.portals) - set(new.portals):
        tenancy.remove_portal(portal_id)
    for tenant in set(old.tenants) - set(new.tenants):
        tenancy.remove_tenant(tenant)


def _answer(event: dict[str, Any], context: LambdaContext, status: str, reason: str) -> None:
    body = {
        "Status": status,
        "Reason": reason or f"see {context.log_stream_name}",
        "PhysicalResourceId": event.get("PhysicalResourceId", "countersign-registry"),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    url = event["ResponseURL"]
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ValueError("CloudFormation answers over https")
    request = Request(url, json.dumps(body).encode(), {"Content-Type": ""}, method="PUT")  # noqa: S310 - checked above
    with urlopen(request, timeout=10):  # noqa: S310 - checked above
        return
