"""Licences: what may be used passes, what may not or cannot be read fails by its name."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING

import pytest

from local.supply import licences
from local.supply.licences import EXCEPTIONS, STATED, allowed, declared, problem, problems
from local.supply.locks import PYTHON, Pin, node_pins, python_pins
from tests.supply.test_locks import NAMES_ONLY

if TYPE_CHECKING:
    from importlib.metadata import Distribution


class _Described:
    def __init__(self, *headers: tuple[str, str]) -> None:
        self.metadata = Message()
        for name, value in headers:
            self.metadata[name] = value


def _declared(*headers: tuple[str, str]) -> str | None:
    described: Distribution = _Described(*headers)  # type: ignore[assignment]  # its metadata alone is read
    return declared(described)


def test_everything_that_is_installed_or_locked_may_be_used() -> None:
    """Guarantee: what `make check` runs finds nothing in what we use."""
    assert not list(problems())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("(MIT AND BSD-3-Clause) OR SSPL-1.0", True),
        ("Apache-2.0 AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("SEE LICENSE IN LICENSE.md", False),
        ("UNLICENSED", False),
        ("", False),
    ],
)
def test_an_expression_is_read_as_spdx(expression: str, *, expected: bool) -> None:
    """Guarantee: OR needs one way, AND needs all; what is no expression is not allowed."""
    assert allowed(expression) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("License-Expression", "MIT"), ("License", "GPL-3.0-only")], "MIT"),
        ([("License", "MIT")], "MIT"),
        ([("License", "see file"), ("Classifier", "License :: MIT License")], "MIT"),
        ([("License", "Copyright 2026")], None),
        ([("Classifier", "License :: Other/Proprietary License")], None),
        ([], None),
    ],
)
def test_metadata_says_the_licence_in_three_ways(
    headers: list[tuple[str, str]], expected: str | None
) -> None:
    """Guarantee: an expression wins, then an SPDX id, then classifiers; nothing is guessed."""
    assert _declared(*headers) == expected


def test_unknown_and_forbidden_licences_are_told_by_name() -> None:
    """Guarantee: a package is refused for having no licence as for having a wrong one."""
    assert list(problem("new", None)) == ["new: its licence is unknown"]
    assert list(problem("new", "AGPL-3.0-only")) == ["new: AGPL-3.0-only is not allowed"]


def test_a_package_that_is_locked_and_not_installed_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guarantee: being meant for another platform is no way around the check."""
    monkeypatch.setattr(licences, "python_pins", lambda _lock: [Pin("elsewhere", "1")])
    assert "elsewhere: its licence is unknown" in set(problems())


def test_no_exception_is_shipped_or_stale() -> None:
    """Guarantee: an exception names a package that is locked and that no function or client has."""
    shipped = {n for f in NAMES_ONLY for n in (f / "requirements.txt").read_text("utf-8").split()}
    locked = {pin.name for lock in PYTHON.values() for pin in python_pins(lock)}
    assert set(EXCEPTIONS) <= locked | {pin.name for pin in node_pins()}
    assert set(STATED) <= locked
    assert not set(EXCEPTIONS) & (shipped | {"aws4fetch"})
