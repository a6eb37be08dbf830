"""`countersign audit …` against a real table and a locked bucket, as an auditor types it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.clock import SystemClock
from core.sealing.sealer import MINUTE_MS
from countersign.__main__ import main
from tests.fakes.clock import FakeClock
from tests.support.audit_desk import TENANT, AuditDesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.emulator_dynamodb import Emulated

    Run = Callable[..., tuple[int, list[Any]]]

FOUND = 3


@pytest.fixture
def desk(emulated: Emulated) -> AuditDesk:
    """Return six sealed entries, two hours old."""
    made = AuditDesk.open(emulated, FakeClock(SystemClock().now() - 120 * MINUTE_MS))
    made.write(5)
    made.pass_minutes(1)
    made.write(1)
    made.pass_minutes(5)
    made.seal()
    return made


@pytest.fixture
def run(
    desk: AuditDesk, emulated: Emulated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Return what runs a command on the desk's outputs: its exit code, and each line it printed."""
    outputs = tmp_path / "outputs.json"
    role = "arn:aws:iam::000000000000:role/Reader"
    outputs.write_text(
        json.dumps(
            {
                "signed_url": "",
                "region": "eu-west-1",
                "caller_role_arn": role,
                "aws_endpoint_url": emulated.url,
                "aws_ca_bundle": str(outputs),  # over HTTP nobody reads it
                "tenant": TENANT,
                "audit_table": desk.table,
                "audit_bucket": desk.bucket,
                "audit_reader_role_arn": role,
            }
        )
    )

    def run(command: str, *arguments: str) -> tuple[int, list[Any]]:
        code = main(["audit", command, *arguments, "--outputs", str(outputs)])
        printed = capsys.readouterr().out
        read: Callable[[str], Any] = str if command == "check" else json.loads
        return code, [read(line) for line in printed.splitlines()]

    return run


def test_verify_says_that_all_is_well(run: Run) -> None:
    """Guarantee: exit code 0, and how much was compared."""
    code, (summary,) = run("verify")
    assert code == 0
    assert (summary["ok"], summary["entries"], summary["blocks"]) == (True, 6, 3)
    hours_ago = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    code, (of_span,) = run("verify", "--from", hours_ago)
    assert (code, of_span["entries"]) == (0, 6)


def test_verify_names_what_is_wrong(desk: AuditDesk, run: Run) -> None:
    """Guarantee: exit code 3, a line for each finding, and their number by kind."""
    item = desk.items()[2]
    desk.put({**item, "action": {"S": "order.forget"}})
    code, (finding, summary) = run("verify")
    assert code == FOUND
    assert (finding["kind"], finding["entry"]) == ("edited", item["sk"]["S"])
    assert summary["findings"] == {"edited": 1}


def test_entries_are_found_by_what_by_whom_and_when(desk: AuditDesk, run: Run) -> None:
    """Guarantee: each way finds its entries, oldest first, and no other tenant's."""
    desk.write(1, tenant="other")
    newest = desk.items()[-1]["sk"]["S"]
    by_whom = run("search", "--principal", "role/111122223333/operator")[1]
    ids = [entry["id"] for entry in by_whom]
    assert len(ids) == 6
    assert ids == sorted(ids)
    assert newest not in ids
    assert by_whom[0]["at"].endswith("Z")
    (one,) = run("search", "--resource", by_whom[3]["resource"])[1]
    assert one == by_whom[3]
    minute = datetime.strptime(by_whom[5]["minute"] + "+0000", "%Y%m%d%H%M%z")
    (last,) = run("search", "--from", minute.isoformat(), "--action", "order.place")[1]
    assert last == by_whom[5]
    assert run("search", "--from", minute.isoformat(), "--action", "order.cancel")[1] == []
    assert run("search", "--tenant", "-", "--from", minute.isoformat())[1] == []


def test_an_export_proves_itself(run: Run, tmp_path: Path) -> None:
    """Guarantee: each line leads to its locked block; a line that was touched does not."""
    code, lines = run("export")
    assert (code, len(lines)) == (0, 6)
    file = tmp_path / "export.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert run("check", str(file)) == (0, [])
    lines[1]["item"]["action"] = {"S": "order.forget"}
    lines[4]["block"]["root"] = "0" * 64
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    code, mistakes = run("check", str(file))
    assert code == FOUND
    assert [mistake.split(":")[0].split(",")[0] for mistake in mistakes] == [
        *("line 2", "line 5", "line 5"),
    ]
    assert len(run("check", str(file), "--offline")[1]) == 2


def test_an_export_shows_what_was_edited(desk: AuditDesk, run: Run, tmp_path: Path) -> None:
    """Guarantee: an entry that is gone or changed is in the export, and its proof fails."""
    gone, edited = desk.items()[:2]
    desk.remove(gone)
    desk.put({**edited, "result": {"S": "refused"}})
    lines = run("export")[1]
    assert [line["item"] is None for line in lines] == [True, *[False] * 5]
    file = tmp_path / "export.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert len(run("check", str(file))[1]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("search",), "name --resource, --principal, or --from"),
        (("verify", "--to", "2026-01-01"), "--to needs --from"),
        (("verify", "--from", "yesterday"), "yesterday is no moment"),
        (("verify", "--from", "2026-01-02", "--to", "2026-01-01"), "is not before the end"),
    ],
)
def test_what_makes_no_sense_is_told(
    run: Run,
    arguments: tuple[str, ...],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Guarantee: exit code 1 and a sentence, no stack trace."""
    assert run is not None
    assert main(["audit", *arguments, "--outputs", str(tmp_path / "outputs.json")]) == 1
    assert words in capsys.readouterr().err
