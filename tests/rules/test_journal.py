"""Who answers calls tells the audit of those that it denies."""

from __future__ import annotations

from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"


def test_every_edge_has_a_journal() -> None:
    """Guarantee: no function answers callers without writing down whom it denied."""
    for path in sorted(FUNCTIONS.glob("*/handler.py")):
        source = path.read_text("utf-8")
        assert ("Edge(" in source) == ("journal=" in source), path.parent.name
