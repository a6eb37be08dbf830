"""A tenant's keys, managed through the signed door with two proofs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from tests.e2e.door import SignedDoor


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key just made: its id, and the text that nobody can have a second time."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes and ends keys as the operator does."""

    door: SignedDoor
    operator: Credentials
    first_key: str

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        """Call with the operator's role and the first key."""
        headers = {"X-API-Key": self.first_key, "Idempotency-Key": str(uuid.uuid4())}
        return self.door.call(method, path, body, credentials=self.operator, headers=headers)

    def make(self, name: str, *scopes: str, vends: tuple[str, ...] = ()) -> MadeKey:
        """Make a key with these scopes, whose sessions may do what `vends` says."""
        body = {"name": name, "scopes": list(scopes), "vends": list(vends)}
        return self._made(self.call("POST", "/v1/keys", body))

    def rotate(self, key: MadeKey, overlap_seconds: int) -> MadeKey:
        """Make the key that takes another's place."""
        body = {"overlap_seconds": overlap_seconds}
        return self._made(self.call("POST", f"/v1/keys/{key.id}/rotations", body))

    def revoke(self, key: MadeKey) -> None:
        """End a key."""
        answer = self.call("POST", f"/v1/keys/{key.id}/revocations")
        assert answer.status_code == requests.codes.ok, answer.text

    def read(self, key: MadeKey) -> dict[str, Any]:
        """Return what may be shown of a key."""
        answer = self.call("GET", f"/v1/keys/{key.id}")
        assert answer.status_code == requests.codes.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @staticmethod
    def _made(answer: requests.Response) -> MadeKey:
        assert answer.status_code == requests.codes.created, answer.text
        return MadeKey(answer.json()["id"], answer.json()["key"])
