"""What HubSpot says is kept without personal data."""

from __future__ import annotations

from core.crm.outcomes import Reason
from core.crm.settling import MESSAGE, discreet
from core.crm.tally import accepted_at
from tests.fakes.clock import FakeClock
from tests.fakes.ids import TimedUlids


def test_values_of_the_person_are_hidden_in_any_case() -> None:
    """HubSpot folds and quotes what it refuses; none of it is kept."""
    reason = Reason("C", 'ADA LOVELACE, ada lovelace@x and "Ada"', ids=("ada@x.org",))
    told = discreet(reason, ["Ada", "ada lovelace@x", "Lovelace"])
    assert "ada" not in told.message.lower()
    assert "lovelace" not in told.message.lower()
    assert told.ids == ()


def test_patterns_are_hidden_and_length_is_bounded() -> None:
    """An address that is not the person's own is hidden too, and a novel is cut."""
    assert "bob@example.com" not in discreet(Reason("C", "taken by bob@example.com"), []).message
    assert len(discreet(Reason("C", "x" * 99_999), []).message) == MESSAGE


def test_acceptance_is_read_from_the_order_id() -> None:
    """An order's id carries the moment at which it was accepted."""
    clock = FakeClock()
    assert accepted_at(TimedUlids(clock).new()) == clock.now()
