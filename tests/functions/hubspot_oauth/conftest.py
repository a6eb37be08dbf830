"""A deployed OAuth function for each test."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from moto import mock_aws

from tests.functions.hubspot_oauth.scene import Connected
from tests.support.running_twin import running_twin

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Iterator[Connected]:
    """Return the function; `rotates` as a parameter gives an app whose refresh tokens change."""
    with mock_aws(), running_twin() as twin:
        yield Connected(twin, rotates=getattr(request, "param", "") == "rotates")


@pytest.fixture
def logged(scene: Connected) -> Iterator[StringIO]:
    """Return all that the function logs."""
    printed = StringIO()
    with patch.object(scene.module.log.registered_handler, "stream", printed):
        yield printed
