"""The calls that a handler makes to DynamoDB, kept so that the bare handler can make them too."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from core.ulids import Ulids
from tests.support.doors import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

Calls = list[tuple[str, dict[str, Any]]]
_EVENTS = "provide-client-params.dynamodb"


@contextmanager
def recorded(client: DynamoDBClient) -> Iterator[Calls]:
    """Yield a list that each call of the client is added to: method, parameters."""
    calls: Calls = []  # copies, for botocore adds a token that is good for one call only

    def note(params: dict[str, Any], event_name: str, **_: Any) -> None:
        calls.append((xform_name(event_name.rsplit(".", 1)[1]), dict(params)))

    client.meta.events.register_last(_EVENTS, note)
    try:
        yield calls
    finally:
        client.meta.events.unregister(_EVENTS, note)


class Replay:
    """Events for the bare handler: the recorded calls, writing other items each time."""

    def __init__(self, calls: Calls) -> None:
        """Find what is unique to one order: its id, its audit entry's and its record's key."""
        self._text = json.dumps(calls)
        self._unique = set()
        for method, params in calls:
            if method != "transact_write_items":
                continue
            puts = [a["Put"]["Item"] for a in params["TransactItems"] if "Put" in a]
            for pk, sk in ((i["pk"]["S"], i["sk"]["S"]) for i in puts):
                if "#AUDIT#" in pk:
                    self._unique.add(sk)
                elif sk in {"HEADER", "RECORD"}:
                    self._unique.add(pk.rsplit("#", 1)[1])
        self._ids = Ulids()

    def event(self) -> dict[str, Any]:
        """Return the next event; fresh names are as long as those they stand for."""
        text = self._text
        for name in self._unique:
            text = text.replace(name, (self._ids.new() * 3)[: len(name)])
        return event("POST", "/bare", "/bare", text)
