"""The rate budget against the twin's limits, over a network that takes its time, on one clock.

`docs/proof/limits.md` has the figures of the whole run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
import pytest

from core.crm import conveyor
from core.hubspot.client import HubspotClient
from hubspot_provision.provision import provision
from tests.flow.pacing import START, Pace
from tests.support import tables
from tests.support.books import TENANT
from tests.support.direct_twin import direct_twin
from tests.support.quick_moto import quick_moto
from tests.support.running_twin import PORTAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.twin.neighbours import Neighbour

LIMIT = 190
SECOND = 1_000
CHANGES = 3
SLOW = (300, 900)
"""Ways back that keep some twelve calls on their way at once."""

SEEDS = range(10) if os.environ.get("PROOF") else range(1)
PROVING = [pytest.mark.slow] if os.environ.get("PROOF") else []
pytestmark = PROVING


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Pace]]:
    """Return what makes a writer, by seed and network."""
    with quick_moto(), direct_twin() as twin:
        dynamodb = boto3.client("dynamodb")
        tables.create(dynamodb)
        provision(HubspotClient(twin.token, twin.url, "2026-09"), TENANT, "1", "2026-09")

        def make(seed: int, back: tuple[int, int] = (20, 400)) -> Pace:
            made = Pace(twin, dynamodb, seed, back=back)
            monkeypatch.setattr(conveyor, "wait", made.network.wait)
            return made

        yield make


def told(name: str, pace: Pace, windows: list[int], record: Callable[[str, object], None]) -> None:
    """Keep a run's figures for docs/proof/limits.md."""
    share = sum(windows) / len(windows) / LIMIT
    record("figures", f"{name} seed {pace.seed}: {min(windows)} to {max(windows)} of {LIMIT}, "
           f"mean {share:.1%}, 429s {pace.limited}")  # fmt: skip


@pytest.mark.parametrize("back", [(20, 400), SLOW])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_full_window_is_used_and_none_exceeded(
    paced: Callable[..., Pace],
    seed: int,
    back: tuple[int, int],
    record_property: Callable[[str, object], None],
) -> None:
    """A writer, killed at a random call and replaced: 95 % of each window and no 429."""
    pace = paced(seed, back)
    pace.run(seconds=30)
    pace.time.sleep(pace.dice.uniform(4, 6))
    killed = pace.run(dies_after=pace.dice.randint(20, 500))
    pace.time.sleep(pace.dice.uniform(0, 12))
    pace.run(seconds=25)
    windows = pace.windows()
    told(f"alone {back}", pace, windows, record_property)
    assert killed.killed
    assert pace.limited == 0
    assert min(windows) >= 0.95 * LIMIT
    assert not any(run.tally.others for run in pace.runs)


def test_a_lower_tier_is_learned_from_its_headers(paced: Callable[..., Pace]) -> None:
    """A portal that allows 100 calls is used to 90 % without a 429 all the same."""
    pace = paced(1)
    pace.twin.twin.portals[PORTAL].tier = "starter"
    pace.run(seconds=25)
    assert pace.limited == 0
    assert min(pace.windows()) >= 0.9 * 100


@pytest.mark.parametrize("back", [(20, 400), SLOW])
@pytest.mark.parametrize("seed", SEEDS)
def test_beside_another_program_both_get_on(
    paced: Callable[..., Pace],
    seed: int,
    back: tuple[int, int],
    record_property: Callable[[str, object], None],
) -> None:
    """Beside a steady fifth that comes, goes and comes again: together 85 %, a 429 a change."""
    pace = paced(seed, back)
    came, went, again = (START + at * SECOND for at in (15, 40, 70))
    others = [
        pace.neighbour(0.2, since=came, until=went),
        pace.neighbour(0.2, since=again),
    ]
    while pace.time.now() < START + 95 * SECOND:
        pace.run(seconds=25)
        pace.time.sleep(pace.dice.uniform(4, 6))
    windows = pace.windows([at for one in others for at in landed(one)])
    told(f"beside {back}", pace, windows, record_property)
    assert sum(windows) / len(windows) >= 0.85 * LIMIT
    # What is on its way when the first 429 comes may meet one too, before we know of it.
    assert sum(1 for run in pace.runs if run.tally.limited) <= CHANGES
    assert back == SLOW or pace.limited <= CHANGES
    assert max(run.tally.others for run in pace.runs) > LIMIT // 20


def landed(other: Neighbour) -> list[int]:
    """Return when each call of another program came."""
    number = other.landed + other.limited
    assert number > 30
    return [other.since + round((n + 1) * other.every_ms) for n in range(number)]
