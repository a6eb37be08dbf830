"""What the tests of the routes of API keys share: a desk at either door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.routes import Door
from tests.support.key_desk import open_desk

if TYPE_CHECKING:
    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop


@pytest.fixture(params=[Door.SIGNED, Door.TOKEN])
def desk(request: pytest.FixtureRequest, shop: Shop) -> KeyDesk:
    """Return a desk at each door."""
    return open_desk(shop, request.param)


@pytest.fixture
def signed_desk(shop: Shop) -> KeyDesk:
    """Return a desk at the signed door, for what no door has a part in."""
    return open_desk(shop, Door.SIGNED)
