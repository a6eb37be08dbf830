"""Tests that share something costly stay on one worker of xdist.

xdist's own `loadgroup` writes the group into a test's id, which pytest 9.2 no longer lets it do: it
then spreads the group in silence (pytest-xdist issue 1386). So here a test's path tells its group.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/e2e/": "the deployed system",
    "tests/bundles/": "the unpacked bundles",
    "tests/crash/": "the emulator's tables",
    "tests/racers/": "the emulator's tables",
    "tests/sealing/": "the emulator's tables",
    "tests/soak/": "the emulator's tables",
    "tests/functions/orders_api/test_idempotency.py": "the emulator's tables",
    "tests/clients_python/test_audit_command.py": "the emulator's tables",
    "tests/functions/audit_sealer/": "the emulator's tables",
    "tests/functions/sweeper/": "the emulator's tables",
}
"""Where a test's id begins, and what tests there share."""


class Grouped(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Hands out each test by itself, and a group as one."""

    def _split_scope(self, nodeid: str) -> str:
        """Return a test's group, itself where it has none."""
        found = (name for start, name in GROUPS.items() if nodeid.startswith(start))
        return next(found, nodeid)
