"""What the tests of orders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functions.orders_api.orders import Orders

if TYPE_CHECKING:
    from tests.support.shop import Shop


@pytest.fixture
def orders(shop: Shop) -> Orders:
    """Return a shop with a hundred of `A`."""
    shop.stock("A", 100)
    return Orders(shop)
