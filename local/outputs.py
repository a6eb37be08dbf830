"""`.local/outputs.json`: what a client, a test or a person needs to reach a running system."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from infra.outputs import numbered
from local.emulator import REGION

if TYPE_CHECKING:
    from pathlib import Path

    from local.cdk import StackOutputs
    from local.emulator import Endpoint


@dataclass(frozen=True, slots=True)
class Outputs:
    """Each URL takes `/v1/…` appended."""

    signed_url: str
    token_url: str
    hubspot_url: str
    hubspot_twin_url: str
    region: str
    aws_endpoint_url: str
    aws_ca_bundle: str
    caller_role_arn: str
    operator_role_arn: str
    tenant: str
    hubspot_provision_function: str
    hubspot_parked_function: str
    hubspot_check_function: str
    hubspot_reconcile_function: str
    compliance_function: str
    hubspot_oauth_function: str
    access_admin_function: str
    vended_role_arn: str
    audit_table: str
    audit_bucket: str
    audit_reader_role_arn: str

    def write(self, file: Path) -> None:
        """Write the outputs as JSON, whole or not at all: a reader may be waiting for the file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        draft.replace(file)


def door_url(endpoint: Endpoint, door: str) -> str:
    """Return where the emulator serves a door.

    The tag `ms-custom-id` fixes the API's id, and every stage carries its door's name.
    """
    return f"{endpoint.url}/_aws/execute-api/{door}-door/{door}"


def output(stacks: StackOutputs, start: str) -> str:
    """Return the one output whose name begins so: a caller's or a tenant's name ends it."""
    return next(value for name, value in sorted(stacks.items()) if name.startswith(start))


def read_outputs(stacks: StackOutputs, endpoint: Endpoint, twin_url: str, tenant: str) -> Outputs:
    """Return the outputs of what was just deployed."""
    return Outputs(
        signed_url=door_url(endpoint, "signed"),
        token_url=door_url(endpoint, "token"),
        hubspot_url=door_url(endpoint, "hubspot"),
        hubspot_twin_url=twin_url,
        region=REGION,
        aws_endpoint_url=endpoint.url,
        aws_ca_bundle=str(endpoint.authority),
        caller_role_arn=stacks["CallerRoleArn"],
        operator_role_arn=stacks[numbered("CallerRoleArn", 1)],
        tenant=tenant,
        hubspot_provision_function=stacks["HubspotProvisionFunction"],
        hubspot_parked_function=stacks["HubspotParkedFunction"],
        hubspot_check_function=stacks["HubspotCheckFunction"],
        hubspot_reconcile_function=stacks["HubspotReconcileFunction"],
        compliance_function=stacks["ComplianceFunction"],
        hubspot_oauth_function=stacks.get("HubspotOauthFunction", ""),
        access_admin_function=stacks["AccessAdminFunction"],
        vended_role_arn=stacks["VendedRoleArn"],
        audit_table=stacks["AuditTableName"],
        audit_bucket=stacks["AuditBucketName"],
        audit_reader_role_arn=stacks["AuditReaderRoleArn"],
    )
