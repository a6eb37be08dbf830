"""A portal's budget as items: one for each limit, and one for what HubSpot told of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from core.crm.allowance import DAILY, Day, Pace
from core.crm.breaker import Breaker
from core.crm.sharing import Lately
from core.store import keys, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T", Day, Pace, Breaker)

_REFUSED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class Usage:
    """The state of one limit: GCRA's arrival time (epoch µs), and the calls of late."""

    arrival: int = 0
    lately: Lately = field(default_factory=Lately)

    def after(self, arrival: int, starts: Iterable[int]) -> Usage:
        """Return the state once these starts (epoch ms) are given."""
        return Usage(arrival, self.lately.started(starts))


@dataclass(frozen=True, slots=True)
class Told:
    """What HubSpot's answers told: the day's quota, its own limit, whether it answers at all."""

    day: Day = field(default_factory=Day)
    pace: Pace = field(default_factory=Pace)
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(frozen=True, slots=True)
class BudgetItems:
    """The items of one tenant's portal."""

    dynamodb: DynamoDBClient
    core_table: str
    tenant: str

    def usage(self, limit: str) -> Usage:
        """Read a limit's state."""
        item = self._get(limit)
        ticks = tuple((int(t), int(n)) for t, n in item.get("lately", ()))
        return Usage(item.get("arrival", 0), Lately(ticks))

    def move(self, limit: str, seen: Usage, to: Usage) -> bool:
        """Move a limit's state on, if nobody else has; False when somebody has."""
        values: dict[str, Any] = {":arrival": to.arrival, ":lately": to.lately.ticks}
        condition = "attribute_not_exists(arrival)"
        if seen.arrival:
            condition, values[":seen"] = "arrival = :seen", seen.arrival
        try:
            self._update(limit, "SET arrival = :arrival, lately = :lately", values, condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != _REFUSED:
                raise
            return False
        return True

    def told(self) -> Told:
        """Read what HubSpot told."""
        item = self._get(DAILY)
        return Told(_part(Day, item), _part(Pace, item, "pace_"), _part(Breaker, item, "breaker_"))

    def tell(self, told: Told) -> None:
        """Keep what HubSpot told; the last one to say it is right."""
        values = asdict(told.day)
        values |= {f"pace_{n}": v for n, v in asdict(told.pace).items()}
        values |= {f"breaker_{n}": v for n, v in asdict(told.breaker).items()}
        known = {n: v for n, v in values.items() if v is not None}
        sets = ", ".join(f"#{n} = :{n}" for n in known)
        self._update(
            DAILY,
            f"SET {sets}",
            {f":{n}": v for n, v in known.items()},
            names={f"#{n}": n for n in known},
        )

    def _get(self, limit: str) -> table.Item:
        return table.get(self.dynamodb, self.core_table, keys.budget(self.tenant, limit)) or {}

    def _update(
        self,
        limit: str,
        update: str,
        values: dict[str, Any],
        condition: str = "",
        names: dict[str, str] | None = None,
    ) -> None:
        request: dict[str, Any] = {
            "TableName": self.core_table,
            "Key": table.wire_key(keys.budget(self.tenant, limit)),
            "UpdateExpression": update,
            "ExpressionAttributeValues": table.to_wire(values),
        }
        if condition:
            request["ConditionExpression"] = condition
        if names:
            request["ExpressionAttributeNames"] = names
        with table.translated():
            self.dynamodb.update_item(**request)


def _part(kind: type[T], item: table.Item, prefix: str = "") -> T:
    names = (f.name for f in fields(kind))
    return kind(**{n: item[prefix + n] for n in names if prefix + n in item})
