"""What functions print while a test runs."""

from __future__ import annotations

import pytest

from tests.monitoring.figures import Figures


@pytest.fixture
def figures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Figures:
    """Return an empty record of figures."""
    return Figures(capsys, monkeypatch)
