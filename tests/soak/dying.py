"""Functions that are ended at a random point: between any two steps that something outside sees."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.executor import InlineExecutor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from random import Random

    from mypy_boto3_dynamodb import DynamoDBClient

WRITES = ("UpdateItem", "PutItem", "TransactWriteItems", "DeleteItem", "BatchWriteItem")
WITHIN = 60
"""A function that is to die does so within so many steps; many end before."""


class Killed(BaseException):
    """What a function that is ended does not live to handle."""


@dataclass
class Death:
    """Ends what runs inside `may_come`, by the dice: before or after a write or a HubSpot call."""

    dice: Random
    chance: float
    deaths: int = 0
    _left: int | None = None

    def watch(self, dynamodb: DynamoDBClient) -> None:
        """Stand on both sides of every write of a client."""
        for operation in WRITES:
            dynamodb.meta.events.register(f"before-call.dynamodb.{operation}", self.step)
            dynamodb.meta.events.register(f"after-call.dynamodb.{operation}", self.step)

    def step(self, **_told: Any) -> None:
        """Pass a point at which the process may be gone."""
        if self._left is None:
            return
        if self._left == 0:
            self._left = None
            self.deaths += 1
            raise Killed
        self._left -= 1

    @contextmanager
    def may_come(self) -> Iterator[None]:
        """Let death come, or not, while this runs."""
        if self.dice.random() < self.chance:
            self._left = self.dice.randrange(WITHIN)
        try:
            yield
        finally:
            self._left = None


class MortalExecutor(InlineExecutor):
    """Calls HubSpot in the caller's thread; the caller may die before a call, or after it."""

    def __init__(self, death: Death) -> None:
        """Keep who decides."""
        self._death = death

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call, unless it is too late."""
        self._death.step()
        future = super().submit(fn, *args, **kwargs)
        self._death.step()
        return future
