"""The function on MiniStack: it reads real settings, and tells one that was changed behind it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from tests.support.compliance_function import Looked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.emulator_dynamodb import Emulated


@pytest.fixture(scope="module")
def looked(emulated: Emulated) -> Iterator[Looked]:
    """Return the function before an account that is as it must be."""
    names = {"AWS_ENDPOINT_URL": emulated.url, "POWERTOOLS_SERVICE_NAME": "compliance"}
    with patch.dict(os.environ, names):
        yield Looked(emulated, "looked-at")


def test_an_account_as_deployed_holds(looked: Looked) -> None:
    """Guarantee: what the stack asked for and the account has is no failure."""
    assert looked.failures() == {}


def test_a_setting_changed_behind_our_back_is_told_with_its_day(
    looked: Looked, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: recovery off and a retention taken away are failures from that look on."""
    first = looked.clock.now()
    looked.client("logs").delete_retention_policy(logGroupName="looked-at")
    assert list(looked.failures()) == ["logs-end looked-at"]
    looked.clock.at += 86_400_000
    looked.recovery("looked-at", on=False)
    found = looked.failures()
    assert found["logs-end looked-at"] == first
    assert found["table-recovery looked-at"] == first + 86_400_000
    assert looked.failures("last") == found
    assert '"ComplianceFailures":[' in capsys.readouterr().out
    looked.client("logs").put_retention_policy(logGroupName="looked-at", retentionInDays=90)
    assert list(looked.failures()) == ["table-recovery looked-at"]


def test_a_resource_that_is_gone_is_no_silence(looked: Looked) -> None:
    """Guarantee: what a stack lists and nobody can read is told as unreadable."""
    looked.client("sqs").delete_queue(
        QueueUrl=looked.client("sqs").get_queue_url(QueueName="looked-at")["QueueUrl"]
    )
    assert any(name.startswith("unreadable ") for name in looked.failures())
