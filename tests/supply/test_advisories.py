"""`make advisories`, with its own two tools, against databases that answer as theirs do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.supply import advisories
from local.supply.locks import PYTHON, Pin, python_pins
from tests.supply.stand_in import Databases, databases

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Databases]:
    """Let both tools ask databases of ours, about the smallest of the Python locks."""
    monkeypatch.setattr(advisories, "PYTHON", {"lambda": PYTHON["lambda"]})
    with databases() as state:
        monkeypatch.setenv("npm_config_registry", state.url)
        monkeypatch.setenv("npm_config_fetch_retries", "0")
        yield state


def _run(asked: Databases) -> int:
    return advisories.main(f"{asked.url}/v1/query")


def test_nothing_known_passes_and_every_pin_was_asked_about(
    asked: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: no hole, no finding; each locked version was really asked about."""
    assert _run(asked) == 0, capsys.readouterr().out
    assert asked.asked == {(pin.name, pin.version) for pin in python_pins(PYTHON["lambda"])}


def test_a_hole_on_either_side_fails_by_name(
    asked: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: a known hole of a locked package fails and is named with where to read of it."""
    boto3 = next(pin for pin in python_pins(PYTHON["lambda"]) if pin.name == "boto3")
    asked.python_holes[boto3.name, boto3.version] = "PYSEC-2026-1"
    asked.node_holes["aws4fetch"] = "GHSA-aaaa-bbbb-cccc"
    assert _run(asked) == 1
    said = capsys.readouterr().out
    assert f"boto3 {boto3.version}: PYSEC-2026-1, mended in 99.0" in said
    assert "aws4fetch" in said
    assert "GHSA-aaaa-bbbb-cccc" in said


@pytest.mark.parametrize("status", [405, 500])
def test_an_ill_database_fails_plainly(
    asked: Databases, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: databases that answer no question fail, each by name; silence is not safety."""
    asked.status = status
    assert _run(asked) == 1
    said = capsys.readouterr().out
    assert "Python: not known" in said
    assert "Node: not known" in said


def test_a_database_out_of_reach_fails_plainly(
    monkeypatch: pytest.MonkeyPatch, asked: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: without a network nothing passes as looked at."""
    nobody = "http://127.0.0.1:9"
    monkeypatch.setenv("npm_config_registry", nobody)
    assert advisories.main(f"{nobody}/v1/query") == 1
    said = capsys.readouterr().out
    assert "Python: not known" in said
    assert "Node: not known" in said
    assert not asked.asked


def test_a_package_that_was_left_out_fails(
    monkeypatch: pytest.MonkeyPatch, asked: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guarantee: what a tool did not look at is told, though the tool itself says nothing."""
    audit = advisories._pip_audit
    monkeypatch.setattr(advisories, "_pip_audit", lambda pins, url: audit(pins[1:], url))
    monkeypatch.setattr(advisories, "_node_places", lambda: ["one", "two"])
    assert _run(asked) == 1
    said = capsys.readouterr().out
    assert "boto3" in said
    assert "skipped" in said
    assert "npm looked at" in said


def test_two_versions_of_a_package_are_both_asked_about() -> None:
    """Guarantee: locks that pin different versions hide neither behind the other."""
    pins = [Pin("a", "1"), Pin("a", "2"), Pin("b", "1")]
    batches = list(advisories._one_version_each(pins))
    assert sorted((pin for batch in batches for pin in batch), key=str) == pins
    assert all(len({pin.name for pin in batch}) == len(batch) for batch in batches)
