"""A deployed check for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from tests.functions.hubspot_check.scene import Checked
from tests.support.running_twin import running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def checked() -> Iterator[Checked]:
    """Return the function, deployed."""
    with mock_aws(), running_twin() as twin:
        yield Checked(twin)
