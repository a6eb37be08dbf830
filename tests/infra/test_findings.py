"""cdk-nag's part in a synth: what it finds fails it, and so does a row that is no longer true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra.acknowledged import Acknowledged, acknowledged
from infra.findings import STALE, Reviewed
from tests.infra.synth import EVERY_OPTION, PRODUCTION, deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.templates import Templates

PATH = "Some/Plain/Resource"
FINDINGS = (
    Acknowledged("AwsSolutions-SQS3", PATH, "it is an example"),
    Acknowledged("AwsSolutions-SQS4", PATH, "it is an example"),
    Acknowledged("Serverless-SQSRedrivePolicy", PATH, "it is an example"),
)


def synth(folder: Path, *rows: Acknowledged) -> None:
    """Synthesize a bare queue, which both packs find fault with, with these acknowledgments."""
    app = cdk.App(outdir=str(folder))
    sqs.Queue(cdk.Stack(app, "Some"), "Plain")
    packs = (AwsSolutionsChecks(app), ServerlessChecks(app))
    cdk.Validations.of(app).add_plugins(*(Reviewed(pack, rows) for pack in packs))
    app.synth()


def test_acknowledged_findings_let_a_synth_pass(tmp_path: Path) -> None:
    """With a row for each finding, it passes."""
    synth(tmp_path, *FINDINGS)


@pytest.mark.parametrize("missing", FINDINGS)
def test_a_finding_without_a_row_fails(tmp_path: Path, missing: Acknowledged) -> None:
    """Each finding of each pack needs its own row."""
    with pytest.raises(RuntimeError, match=missing.finding):
        synth(tmp_path, *(row for row in FINDINGS if row != missing))


@pytest.mark.parametrize(
    "stray",
    [
        Acknowledged("AwsSolutions-S1", PATH, "there is no bucket"),
        Acknowledged("AwsSolutions-SQS3", "Some/Gone/Resource", "the queue is gone"),
        Acknowledged("Serverless-LambdaDLQ", PATH, "there is no function"),
    ],
)
def test_a_row_that_matches_nothing_fails(tmp_path: Path, stray: Acknowledged) -> None:
    """A row whose finding is gone, or whose path is, is reported as stale."""
    with pytest.raises(RuntimeError, match="Nothing there has the finding") as failed:
        synth(tmp_path, *FINDINGS, stray)
    assert stray.finding in str(failed.value)
    assert STALE in str(failed.value)


@pytest.mark.usefixtures("production", "every_option")
def test_both_deployments_are_clean() -> None:
    """Production and a deployment with every option synthesized: no finding, no stale row."""
    for settings in (PRODUCTION, EVERY_OPTION):
        rows = acknowledged(deployment(settings))
        assert len(rows) == len({(r.finding, r.path) for r in rows})
        assert all(len(r.reason) > len("because") for r in rows)


def test_no_row_covers_more_than_one_resource(production: Templates) -> None:
    """Each row names one resource of a template; none a stack or the app."""
    paths = {
        body.get("Metadata", {}).get("aws:cdk:path")
        for template in production.by_stack.values()
        for body in template["Resources"].values()
    }
    assert {r.path for r in acknowledged(deployment(PRODUCTION))} <= paths
