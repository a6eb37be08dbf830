"""No function sleeps out a limit or a retry: the wait is the work index's, or the next nudge's."""

from __future__ import annotations

from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
BRIEF = {
    "core/clock.py": "the clock itself",
    "core/contention.py": "three seconds at most, with jitter, while another write is on its way",
    "core/crm/conveyor.py": "two seconds at most, until the budget lets a call start",
    "core/crm/granting.py": "ten seconds at most, while an operator's command waits for a renewal",
    "core/crm/writer.py": "two seconds at most, until the next record is due",
}
"""Who may sleep, and how long for."""


def test_only_these_sleep() -> None:
    """Whoever else wants to wait gives the work back with a time on it."""
    found = {
        file.relative_to(FUNCTIONS).as_posix()
        for file in FUNCTIONS.rglob("*.py")
        if "sleep(" in file.read_text("utf-8").replace("def sleep(", "")
    }
    assert found == set(BRIEF)
