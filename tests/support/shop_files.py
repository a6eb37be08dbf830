"""The real shop's month, which lies beside the clone and is never committed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "online-retail"


def require_month() -> Path:
    """Return the folder; without it the running test skips, or fails with CI=true."""
    if not DATA.is_dir():
        reason = "the shop's data is not beside this clone (../shared/data/online-retail)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return DATA
