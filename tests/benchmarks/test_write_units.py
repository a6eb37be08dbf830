"""The benchmark's count of DynamoDB's write units, on items whose cost is known by hand."""

from __future__ import annotations

from typing import Any

from benchmarks.write_units import size, units

KEY = {"pk": {"S": "main#SKU#A"}, "sk": {"S": "LEVEL#main"}}
AT = ("main#SKU#A", "LEVEL#main")
MARK = {"work_queue": {"S": "main#stock#0"}, "due_at": {"N": "1"}}
UPDATE: dict[str, Any] = {"Update": {"Key": KEY}}


def test_a_size_is_names_and_values() -> None:
    """Guarantee: UTF-8 bytes of names and values, 3 bytes for a list or map, 1 per element."""
    assert size({"ab": {"S": "é"}}) == 4
    assert size({"a": {"L": [{"S": "xy"}, {"BOOL": True}]}}) == 1 + 3 + 3 + 2


def test_a_begun_kilobyte_counts_twice_in_a_transaction() -> None:
    """Guarantee: the larger of both states counts, so a shrinking write is not cheap."""
    large = KEY | {"x": {"S": "x" * 1024}}
    assert units([UPDATE], {AT: KEY}, {AT: KEY}) == {"level": 2}
    assert units([UPDATE], {AT: KEY}, {AT: large}) == {"level": 4}
    assert units([UPDATE], {AT: large}, {AT: KEY}) == {"level": 4}


def test_an_index_counts_what_is_put_and_what_is_removed() -> None:
    """Guarantee: a new entry is one unit, a moved one two, an untouched one nothing."""
    moved = MARK | {"due_at": {"N": "2"}}
    assert units([UPDATE], {AT: KEY}, {AT: KEY | MARK})["index work"] == 1
    assert units([UPDATE], {AT: KEY | MARK}, {AT: KEY | moved})["index work"] == 2
    assert units([UPDATE], {AT: KEY | MARK}, {AT: KEY | MARK})["index work"] == 0
