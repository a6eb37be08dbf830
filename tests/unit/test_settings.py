"""A function's environment: read once, whole, or refused with everything that is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.errors import Misconfigured
from core.settings import read, variables


@dataclass(frozen=True, slots=True)
class _Settings:
    table: str
    seconds: int
    name: str = "x"


def test_settings_are_typed() -> None:
    """Guarantee: text stays text, numbers become numbers, defaults hold, the rest is ignored."""
    found = read(_Settings, {"TABLE": "core", "SECONDS": "5", "OTHER": "1"})
    assert found == _Settings("core", 5, "x")
    assert read(_Settings, {"TABLE": "", "SECONDS": "-5", "NAME": ""}) == _Settings("", -5, "")


def test_everything_wrong_is_said_at_once() -> None:
    """Guarantee: one error names each missing and malformed variable, and none of their values."""
    with pytest.raises(Misconfigured) as caught:
        read(_Settings, {"SECONDS": "s3cret"})
    assert "TABLE is missing" in caught.value.internal
    assert "SECONDS is not a whole number" in caught.value.internal
    assert "s3cret" not in caught.value.internal
    assert "TABLE" not in caught.value.public


def test_variables_are_the_fields() -> None:
    """Guarantee: what the infrastructure must set is what the function reads."""
    assert variables(_Settings) == ("TABLE", "SECONDS", "NAME")
