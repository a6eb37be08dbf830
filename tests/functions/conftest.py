"""What the tests of the HTTP functions share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.shop import Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Return an empty shop."""
    with open_shop() as opened:
        yield opened
