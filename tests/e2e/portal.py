"""The HubSpot portal as its owner sees it, and as someone who tampers with it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class HubspotPortal:
    """Reads records with the private app's token; `_twin` paths act behind the API's back."""

    url: str
    token: str

    def find(self, kind: str, own_id: str, value: str, *names: str) -> Json | None:
        """Return the record whose unique property has this value, None when there is none."""
        answer = requests.get(
            f"{self.url}/crm/v3/objects/{kind}/{value}",
            params={
                "idProperty": own_id,
                "properties": ",".join((own_id, *names)),
                "associations": "contacts,line_items",
            },
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
        )
        if answer.status_code == requests.codes.not_found:
            return None
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    def read(self, kind: str, record_id: str, *names: str) -> Json:
        """Return the properties of a record by HubSpot's own id."""
        answer = requests.get(
            f"{self.url}/crm/v3/objects/{kind}/{record_id}",
            params={"properties": ",".join(names)},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
        )
        answer.raise_for_status()
        found: Json = answer.json()["properties"]
        return found

    def dump(self, kind: str) -> list[Json]:
        """Return all records of a type with all their properties, without a call being counted."""
        answer = requests.get(f"{self.url}/_twin/records", params={"type": kind}, timeout=10)
        answer.raise_for_status()
        found: list[Json] = answer.json()[kind]
        return found

    def corrupt(self, kind: str, record_id: str, **properties: str) -> None:
        """Change a record as a person would who clicks about in HubSpot."""
        requests.patch(
            f"{self.url}/_twin/records/{kind}/{record_id}",
            json={"properties": properties},
            timeout=10,
        ).raise_for_status()

    def traffic(self) -> list[Json]:
        """Return every call that the portal has answered."""
        found: list[Json] = requests.get(f"{self.url}/_twin/traffic", timeout=30).json()[
            "exchanges"
        ]
        return found


def eventually(look: Callable[[], Json | None], patience: float = PATIENCE) -> Json:
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + patience
    while (found := look()) is None:
        assert time.monotonic() < deadline, "nothing to see in time"
        time.sleep(0.3)
    return found
