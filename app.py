"""The CDK app: reads the deployment's settings and makes its stacks."""

from __future__ import annotations

import aws_cdk as cdk

from infra.app import build
from infra.deployment import Deployment

app = cdk.App()
build(app, Deployment.from_context(app.node))
app.synth()
