"""A deployed check for each test."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

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


@pytest.fixture
def logged(checked: Checked) -> Iterator[StringIO]:
    """Return all that the function logs."""
    printed = StringIO()
    with patch.object(checked.module.log.registered_handler, "stream", printed):
        yield printed
