"""The progress line."""

from __future__ import annotations

import io

from countersign.importing.progress import Progress


def test_it_tells_rate_and_time_left() -> None:
    """Guarantee: a person reads how far it is, how quick, how many refused, and what is left."""
    progress = Progress("orders", 1552, io.StringIO(), done=840, refused=2, started=100.0)
    line = progress.line(now=184.0)
    assert line == "  orders 840/1552, 2 refused, 10.0/s, 1 min 11 s left"
    progress.done = 1552
    assert progress.line(now=255.2) == "  orders 1552/1552, 2 refused, 10.0/s in 2 min 35 s"


def test_a_log_gets_whole_lines() -> None:
    """Guarantee: away from a terminal no line is overwritten, and the last one is written."""
    out = io.StringIO()
    progress = Progress("returns", 1, out)
    progress.tick(refused=True)
    progress.finish()
    assert out.getvalue().count("\n") == 1
    assert "returns 1/1, 1 refused" in out.getvalue()
    assert "\r" not in out.getvalue()
