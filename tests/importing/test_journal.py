"""The journal on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from countersign.errors import SettingsError
from countersign.importing.journal import Journal
from countersign.importing.matching import Plan, Return
from countersign.importing.month import Aside, Bucket
from countersign.importing.outcomes import Accepted, Refused, Unknown

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Plan(
    "C2",
    (Return("C2", "1", {1: 2, 3: 1}, (7, 8)),),
    (Aside(9, Bucket.UNMATCHED, "no_earlier_sale"),),
)


def test_what_was_noted_is_known_again(tmp_path: Path) -> None:
    """Guarantee: outcomes and plans come back as they were; what is unknown leaves no trace."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.product("85123A", Accepted("p", 1.5))
        journal.order("1", Refused("out_of_stock", "Not enough."))
        journal.order("1", Accepted("o", 2.5))
        journal.order("2", Unknown("busy"))
        journal.plan(PLAN)
        journal.returned("C2-1-7", Accepted("r", 3.5))
    with Journal(path) as again:
        assert again.products == {"85123A": Accepted("p", 1.5)}
        assert again.orders == {"1": Accepted("o", 2.5)}
        assert again.plans == {"C2": [PLAN]}
        assert again.returns == {"C2-1-7": Accepted("r", 3.5)}


def test_a_torn_line_is_dropped(tmp_path: Path) -> None:
    """Guarantee: at whatever byte a crash cut the last line, the lines before it still count."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.order("1", Accepted("a", 1.0))
        whole = len(path.read_bytes())
        journal.order("2", Accepted("b", 2.0))
    content = path.read_bytes()
    for end in range(whole, len(content)):
        path.write_bytes(content[:end])
        with Journal(path) as again:
            assert set(again.orders) == {"1"}
            again.order("3", Accepted("c", 3.0))
        with Journal(path) as third:
            assert set(third.orders) == {"1", "3"}


def test_another_file_is_not_taken_for_a_journal(tmp_path: Path) -> None:
    """Guarantee: a file that is no journal is left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("buy milk\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="is no journal"):
        Journal(path)
    assert path.read_text("utf-8") == "buy milk\n"
