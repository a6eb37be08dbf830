"""The import through the door: the real client, the real handlers, files of a few rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.importing.importing import ROWS, command, orders, run, stock
from tests.importing.shop_files import row, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.importing.http_door import HttpDoor


def test_a_month_goes_in_whole(door: HttpDoor, files: Path) -> None:
    """Guarantee: orders, charges, returns, stock and the report are what the files say."""
    report = run(door, files)
    assert report.complete
    assert report.rows == {
        "ordered": 4,
        "charges": 1,
        "cancelled": 1,
        "cancellations_unmatched": 1,
        "rejected": 0,
        "not_orders": 1,
    }
    found = orders(door)
    assert {n: (o["state"], o["total"], o["returned"]) for n, o in found.items()} == {
        "1": ("shipped", 6 * 255 + 2 * 210 + 5400, 0),
        "2": ("shipped", 4 * 255, 0),
        "3": ("shipped", 5 * 255, 3 * 255),
    }
    assert found["2"].get("customer_id") is None
    assert found["1"]["customer_id"] == found["3"]["customer_id"]
    assert stock(door) == {"85123A": (3, 0), "71053": (0, 0)}


def test_a_second_run_writes_nothing(door: HttpDoor, files: Path) -> None:
    """Guarantee: what the journal holds is not called again, and the report stays the same."""
    first = run(door, files)
    before, held = door.writes(), door.shop.snapshot()
    second = run(door, files)
    assert (door.writes() - before, second.writes) == (0, 0)
    assert (second.rows, second.accepted) == (first.rows, first.accepted)
    assert door.shop.snapshot() == held


def test_without_its_journal_it_changes_nothing_either(door: HttpDoor, files: Path) -> None:
    """Guarantee: keys come from the files alone, so even a lost journal doubles nothing."""
    run(door, files)
    found, levels = orders(door), stock(door)
    (files.parent / "journal.jsonl").unlink()
    assert run(door, files).complete
    assert (orders(door), stock(door)) == (found, levels)


def test_shortages_are_reported_and_not_repeated(door: HttpDoor, files: Path) -> None:
    """Guarantee: an order that finds too little is refused whole, named, and left alone.

    There are 11 of 13 units for invoices 1 and 3, and 3 of 4 for invoice 2: two are refused.
    """
    report = run(door, files, factor="0.9")
    assert report.complete
    assert [one["code"] for one in report.refused] == ["out_of_stock", "out_of_stock"]
    assert sum(report.rows.values()) == len(ROWS)
    before = door.writes()
    again = run(door, files, factor="0.9")
    assert door.writes() == before
    assert again.refused == report.refused
    retried = run(door, files, factor="0.9", retry_refused=True)
    assert retried.writes == 2
    assert min(available for available, _ in stock(door).values()) >= 0


def test_a_retried_order_can_be_returned(door: HttpDoor, files: Path) -> None:
    """Guarantee: rows left unmatched get another try once their order stands after all."""
    write(files, row(invoice="1", quantity=6), row(invoice="C2", quantity=-6))
    short = run(door, files, factor="0.5")
    assert (short.rows["rejected"], short.rows["cancellations_unmatched"]) == (1, 1)
    body = json.dumps({"change": 6, "reason": "received"})
    headers = {"Idempotency-Key": "adjustment"}
    path = "/v1/stock/85123A/main/adjustments"
    status, answer = door.answer("POST", path, {}, body, headers)
    assert status < 300, answer
    found = run(door, files, factor="0.5", retry_refused=True)
    assert (found.rows["ordered"], found.rows["cancelled"]) == (1, 1)


def test_stock_can_be_left_untouched(door: HttpDoor, files: Path) -> None:
    """Guarantee: with `untouched` neither orders nor returns move stock, and none is opened."""
    report = run(door, files, stock="untouched")
    assert (report.accepted, report.returns["accepted"]) == (3, 1)
    assert set(stock(door).values()) <= {(0, 0)}


def test_a_lost_answer_is_asked_for_again(door: HttpDoor, files: Path) -> None:
    """Guarantee: an order whose answer was lost stands once, under the same key."""
    lost: list[str] = []

    def lose_first(method: str, path: str) -> bool:
        if method == "POST" and path not in lost:
            lost.append(path)
            return False
        return True

    door.after = lose_first
    assert run(door, files).complete
    assert len(lost) == 2
    assert set(orders(door)) == {"1", "2", "3"}
    assert stock(door) == {"85123A": (3, 0), "71053": (0, 0)}


def test_the_command_reports_shortages_and_ends_well(door: HttpDoor, files: Path) -> None:
    """Guarantee: exit code 0 with refused orders, each of them named in the report's file."""
    with command(door, files, "--opening-stock-factor", "0.9") as child:
        said, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    report = json.loads((files.parent / "report.json").read_text("utf-8"))
    assert report["complete"]
    assert {one["code"] for one in report["refused"]} == {"out_of_stock"}
    assert b"2 out_of_stock refused" in said
