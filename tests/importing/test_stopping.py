"""Imports that are stopped: by the service, by a person, by SIGKILL; and how they go on."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from countersign.errors import NoAnswerError, SettingsError
from countersign.importing import crew as crews
from countersign.retry import RetryPolicy
from tests.importing.importing import command, orders, run, stock
from tests.importing.shop_files import row, write

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.importing.http_door import HttpDoor


def test_a_dead_service_ends_the_run_and_a_later_one_goes_on(
    door: HttpDoor, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: calls without an outcome stop the import; nothing of them is taken for done."""
    monkeypatch.setattr(crews, "RETRY", RetryPolicy(attempts=1))
    monkeypatch.setattr(crews, "HOPELESS", 2)
    door.after = lambda method, _path: method == "PUT"
    with pytest.raises(NoAnswerError, match="came to nothing"):
        run(door, files)
    door.after = lambda _method, _path: True
    assert run(door, files).complete
    assert set(orders(door)) == {"1", "2", "3"}


def test_a_cancellation_waits_for_the_fate_of_its_orders(
    door: HttpDoor, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarantee: while an order's outcome is unknown, its customer's cancellations stay open."""
    monkeypatch.setattr(crews, "RETRY", RetryPolicy(attempts=1))
    door.after = lambda method, _path: method == "PUT"
    report = run(door, files)
    assert (report.complete, report.pending, report.rows["cancellations_unmatched"]) == (
        False,
        7,
        0,
    )
    door.after = lambda _method, _path: True
    report = run(door, files)
    assert (report.complete, report.rows["cancelled"]) == (True, 1)


@pytest.mark.parametrize("call", range(1, 7))
def test_killed_between_call_and_journal(door: HttpDoor, files: Path, call: int) -> None:
    """Guarantee: SIGKILL after the nth call took effect and before it was noted harms nothing."""
    journal = files.parent / "journal.jsonl"
    child: list[subprocess.Popen[bytes]] = []

    def kill_at_nth(_method: str, _path: str) -> bool:
        if door.writes() == call:
            child[0].send_signal(signal.SIGKILL)
            child[0].wait()
            return False
        return True

    door.after = kill_at_nth
    child.append(command(door, files))
    child[0].communicate(timeout=60)
    assert child[0].returncode == -signal.SIGKILL
    done = journal.read_bytes().count(b"\n") - 1
    assert done == call - 1 + (call == 6)  # the plan of the cancellation is noted before its call
    door.after = lambda _method, _path: True
    report = run(door, files)
    assert (report.complete, report.rows["ordered"], report.rows["cancelled"]) == (True, 4, 1)
    assert {n: o["returned"] for n, o in orders(door).items()} == {"1": 0, "2": 0, "3": 765}
    assert stock(door) == {"85123A": (3, 0), "71053": (0, 0)}


def test_ctrl_c_stops_after_the_calls_under_way(door: HttpDoor, files: Path) -> None:
    """Guarantee: an interrupted run ends at once with a sentence, and a later one goes on."""
    child: list[subprocess.Popen[bytes]] = []

    def interrupt_at_third(_method: str, _path: str) -> bool:
        if door.writes() == 3:
            child[0].send_signal(signal.SIGINT)
            time.sleep(0.5)
        return True

    door.after = interrupt_at_third
    child.append(command(door, files))
    _, said = child[0].communicate(timeout=60)
    assert (child[0].returncode, door.writes()) == (130, 3)
    assert b"goes on from here" in said
    assert b"Traceback" not in said
    door.after = lambda _method, _path: True
    assert run(door, files).complete


def test_the_journal_belongs_to_one_import(door: HttpDoor, files: Path) -> None:
    """Guarantee: another zone, stock mode or first file is refused; a further file goes on."""
    run(door, files)
    with pytest.raises(SettingsError, match="another import"):
        run(door, files, stock="untouched")
    write(files, row(invoice="6", quantity=1, sku="71053"), name="2010-12-02.csv")
    assert run(door, files).accepted + len(run(door, files).refused) == 4
    write(files, row(invoice="0"), name="2010-11-30.csv")
    with pytest.raises(SettingsError, match="another import"):
        run(door, files)
