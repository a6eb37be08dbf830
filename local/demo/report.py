"""`.local/demo-report.json`, and the few lines of it that a person reads."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from local.demo.compare import Difference

SHOWN = 20
"""How many differences a person is shown; the file has all."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the day. `lag_seconds` is from the last order's answer until HubSpot agreed."""

    products: int
    orders_accepted: int
    orders_refused: dict[str, str]
    surprises: list[str]
    hubspot_objects: dict[str, int]
    hubspot_calls: dict[str, int]
    responses_429: int
    lag_seconds: float
    drift: list[Difference]
    seconds: dict[str, float]

    @property
    def adds_up(self) -> bool:
        """Whether every order is whole, here and in HubSpot, and nothing surprised."""
        return not self.drift and not self.surprises and not self.responses_429

    def write(self, file: Path) -> None:
        """Write the report as JSON."""
        body: dict[str, Any] = {
            "products": self.products,
            "orders": {"accepted": self.orders_accepted, "refused": self.orders_refused},
            "surprises": self.surprises,
            "hubspot": {
                "objects": self.hubspot_objects,
                "calls": self.hubspot_calls,
                "responses_429": self.responses_429,
            },
            "lag_seconds": self.lag_seconds,
            "drift": len(self.drift),
            "differences": [asdict(d) for d in self.drift],
            "seconds": self.seconds,
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(body, indent=2, default=str) + "\n", encoding="utf-8")

    def text(self) -> str:
        """Return what is printed."""
        refused = Counter(self.orders_refused.values())
        lines = [
            f"orders     {self.orders_accepted} accepted, {_counted(refused) or 'none refused'}",
            f"HubSpot    {_counted(self.hubspot_objects)}",
            f"calls      {sum(self.hubspot_calls.values())}, answered 429: {self.responses_429}",
            f"lag        {self.lag_seconds} s after the last order",
            f"drift      {len(self.drift)}",
        ]
        lines += [f"  {d}" for d in self.drift[:SHOWN]]
        lines += [f"surprise   {one}" for one in self.surprises[:SHOWN]]
        lines.append("It all adds up." if self.adds_up else "It does not add up.")
        return "\n".join(lines)


def _counted(counts: dict[str, int] | Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
