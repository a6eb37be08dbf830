"""What the tests of the inventory's routes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.stockroom import Counter

if TYPE_CHECKING:
    from tests.support.shop import Shop


@pytest.fixture
def counter(shop: Shop) -> Counter:
    """Return an empty shop's counter."""
    return Counter(shop)
