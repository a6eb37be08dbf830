"""A desk of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.audit_desk import AuditDesk

if TYPE_CHECKING:
    from tests.support.emulator_dynamodb import Emulated


@pytest.fixture
def desk(emulated: Emulated) -> AuditDesk:
    """Return an audit without an entry."""
    return AuditDesk.open(emulated)
