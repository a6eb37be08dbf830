"""Calls on their way: paced, bounded, never waited for longer than two seconds."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from core.crm.calls import Action, Call, Input, read, upsert
from core.crm.conveyor import IN_FLIGHT, Conveyor
from core.crm.outcomes import RateLimited, Reason, Refused, Unknown
from core.crm.properties import ObjectType
from core.crm.tally import Tally
from core.crm.verdicts import Held, Landed, Rejected, Resting
from tests.fakes.clock import FakeClock
from tests.fakes.executor import InlineExecutor
from tests.fakes.hubspot import FakeBudget, ScriptedHubspot

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from core.crm.outcomes import Outcome


def conveyor(
    hubspot: ScriptedHubspot, budget: FakeBudget, executor: Executor | None = None
) -> tuple[Conveyor, Tally]:
    """Return a conveyor with a minute to go."""
    tally = Tally()
    made = Conveyor(
        hubspot,
        budget,
        budget.clock,
        executor or InlineExecutor(),
        tally,
        until=budget.clock.now() + 60_000,
    )
    return made, tally


def calls(count: int) -> tuple[Call, ...]:
    """Return so many full calls."""
    return upsert(ObjectType.PRODUCTS, [Input(f"p{n}", f"p{n}") for n in range(count * 100)])


def test_twenty_calls_are_in_flight_and_never_more() -> None:
    """Slow answers do not stop others from starting, up to twenty."""
    hubspot = ScriptedHubspot(delay=0.05)
    with ThreadPoolExecutor(40) as executor:
        made, _ = conveyor(hubspot, FakeBudget(FakeClock()), executor)
        verdicts = made.write(calls(60), urgent=True)
    assert len(verdicts) == 6_000
    assert hubspot.most_flying == IN_FLIGHT


def test_calls_start_when_the_budget_says() -> None:
    """Each call waits for its own start, by the clock."""
    clock = FakeClock()
    made, _ = conveyor(ScriptedHubspot(), FakeBudget(clock, every=55))
    begun = clock.now()
    made.write(calls(6), urgent=True)
    assert clock.now() - begun == 5 * 55
    assert max(clock.slept) <= 2


def test_without_room_the_rest_is_held_and_nothing_waits() -> None:
    """What the budget has no room for is not sent, not lost, and not waited for."""
    clock = FakeClock()
    hubspot = ScriptedHubspot()
    made, tally = conveyor(hubspot, FakeBudget(clock, left=2))
    verdicts = made.write(calls(5), urgent=True)
    kinds = Counter(type(v) for v in verdicts.values())
    assert kinds == {Landed: 200, Held: 300}
    assert made.held_until == clock.now() + 10_000
    assert tally.calls == {"products.upsert": 2}
    assert clock.slept == []


def test_a_429_stops_the_sending_at_once() -> None:
    """After a 429 no further call is sent, and the limited call's inputs are held, not rested."""
    clock = FakeClock()
    hubspot = ScriptedHubspot(deque([RateLimited("TEN_SECONDLY_ROLLING")]))
    budget = FakeBudget(clock)
    made, tally = conveyor(hubspot, budget)
    verdicts = made.write(calls(5), urgent=True)
    assert len(hubspot.sent) == 1
    assert {type(v) for v in verdicts.values()} == {Held}
    assert budget.policies == ["TEN_SECONDLY_ROLLING"]
    assert tally.limited == {"TEN_SECONDLY_ROLLING": 1}


def test_voided_starts_are_asked_for_again() -> None:
    """Starts that were granted before the window filled up are not used."""
    budget = FakeBudget(FakeClock(), void=True)
    made, _ = conveyor(ScriptedHubspot(), budget)
    made.write(calls(3), urgent=True)
    assert budget.limits["ten_second"] > 3


def test_nothing_is_sent_after_the_end() -> None:
    """When the run's time is over, what is left is held."""
    clock = FakeClock()
    hubspot = ScriptedHubspot()
    made, _ = conveyor(hubspot, FakeBudget(clock))
    clock.advance(60_001)
    verdicts = made.write(calls(2), urgent=True)
    assert hubspot.sent == []
    assert {type(v) for v in verdicts.values()} == {Held}


def test_associations_pay_both_limits() -> None:
    """An association call counts against HubSpot's own limit for it as well."""
    budget = FakeBudget(FakeClock())
    made, _ = conveyor(ScriptedHubspot(), budget)
    pair = Input("k", "1", to="2")
    join = Call(Action.ASSOCIATE, ObjectType.ORDERS, (pair,), to_type=ObjectType.CONTACTS)
    made.write([join], urgent=True)
    assert budget.limits == {"ten_second": 1, "associations": 1}


def test_refusals_and_silence_are_judged_apart() -> None:
    """A refused batch is halved, an unknown outcome rests; the good ones land."""
    why = Reason("VALIDATION_ERROR", "no")
    script: deque[Outcome] = deque([Unknown("ReadTimeoutError"), Refused(400, why)])
    made, tally = conveyor(ScriptedHubspot(script), FakeBudget(FakeClock()))
    verdicts = made.write(calls(2), urgent=True)
    assert Counter(type(v) for v in verdicts.values()) == {Resting: 100, Landed: 100}
    assert tally.unknown == 1
    single = upsert(ObjectType.PRODUCTS, [Input("x", "x")])
    made, _ = conveyor(ScriptedHubspot(deque([Refused(400, why)])), FakeBudget(FakeClock()))
    assert made.write(single, urgent=True) == {"x": Rejected(why)}


def test_a_refused_read_is_halved_too() -> None:
    """One malformed e-mail does not hide the records of the other 99."""
    why = Reason("VALIDATION_ERROR", "no")
    asked = read(ObjectType.CONTACTS, "email", [Input(str(n), str(n)) for n in range(4)], ["email"])
    hubspot = ScriptedHubspot(deque([Refused(400, why), Refused(400, why)]))
    made, _ = conveyor(hubspot, FakeBudget(FakeClock()))
    answers = made.read(asked, urgent=True)
    assert sorted(len(call.inputs) for call, _ in answers) == [1, 1, 2]
