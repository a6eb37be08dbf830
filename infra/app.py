"""The stacks of one deployment, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra.audit import AuditStack
from infra.compliance import ComplianceStack
from infra.data import DataStack
from infra.findings import review
from infra.firewall import FirewallStack
from infra.handlers import HandlersStack
from infra.hubspot_door import HubspotDoorStack
from infra.identity import IdentityStack
from infra.inbound import InboundStack
from infra.monitoring import MonitoringStack
from infra.reconcile import ReconcileStack
from infra.signed_door import SignedDoorStack
from infra.sync import SyncStack
from infra.token_door import TokenDoorStack

if TYPE_CHECKING:
    from infra.deployment import Deployment


def build(app: cdk.App, deployment: Deployment) -> None:
    """Put every stack of the deployment into the app, and have each synth reviewed."""
    env = cdk.Environment(account=deployment.account, region=deployment.region)
    data = DataStack(app, deployment, env=env)
    own = (IdentityStack(app, deployment, env=env).issuer,) if deployment.cognito else ()
    handlers = HandlersStack(app, deployment, data, own, env=env)
    firewall = FirewallStack(app, deployment, env=env) if deployment.firewall else None
    signed = SignedDoorStack(app, deployment, handlers, firewall, env=env)
    token = TokenDoorStack(app, deployment, data, handlers, signed, firewall, env=env)
    sync = SyncStack(app, deployment, data, env=env)
    audit = AuditStack(app, deployment, data, env=env)
    inbound = InboundStack(app, deployment, data, sync, env=env)
    reconcile = ReconcileStack(app, deployment, data, sync, inbound, env=env)
    hubspot = HubspotDoorStack(app, deployment, data, handlers, inbound, firewall, env=env)
    doors = (signed, token, hubspot)
    watched = (sync, inbound, reconcile, audit)
    looked_at = (data, handlers, *doors, *watched)
    compliance = ComplianceStack(app, deployment, data, handlers, looked_at, env=env)
    MonitoringStack(app, deployment, data, handlers, doors, *watched, compliance, env=env)
    review(app, deployment)
