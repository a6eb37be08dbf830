"""What the tests of the import share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.importing.http_door import served
from tests.importing.importing import ROWS
from tests.importing.shop_files import write
from tests.support.shop import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.importing.http_door import HttpDoor


@pytest.fixture
def door() -> Iterator[HttpDoor]:
    """Return an empty shop, served."""
    with open_shop() as shop, served(shop) as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with the rows above."""
    return write(tmp_path / "files", *ROWS)
