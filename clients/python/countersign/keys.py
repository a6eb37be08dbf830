"""API keys of a tenant: made, listed, rotated, revoked (`/v1/keys`, which wants two proofs)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from countersign.errors import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from countersign.client import Client, Json

PATH = "/v1/keys"


class Keys:
    """The keys of the tenant for whom `client` calls; it needs `keys:manage` by both its proofs."""

    def __init__(self, client: Client) -> None:
        """Call through this client."""
        self._client = client

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        vends: Sequence[str] = (),
        *,
        expires_at: str | None = None,
        networks: Sequence[str] = (),
    ) -> Json:
        """Make a key and return it, its text in `key` for this one time.

        `scopes` is what it may do, `vends` what its sessions may, neither more than the maker
        holds; `expires_at` is RFC 3339; `networks` are the only CIDRs from which it is good.
        """
        body: Json = {"name": name, "scopes": list(scopes)}
        chosen = {"vends": list(vends), "networks": list(networks), "expires_at": expires_at}
        return self._made(PATH, body | {name: value for name, value in chosen.items() if value})

    def list(self, prefix: str = "") -> Iterator[Json]:
        """Yield the keys whose text begins so, oldest first; never the text itself."""
        asked = {"prefix": prefix} if prefix else {}
        while True:
            page: Json = self._client.call("GET", f"{PATH}?{urlencode(asked)}".rstrip("?")).body
            yield from page["keys"]
            if page.get("cursor") is None:
                return
            asked["cursor"] = page["cursor"]

    def get(self, key_id: str) -> Json:
        """Return one key; raise NotFoundError."""
        found: Json = self._client.call("GET", f"{PATH}/{quote(key_id, safe='')}").body
        return found

    def rotate(self, key_id: str, overlap_seconds: int) -> Json:
        """Make the key that takes another's place and return it, its text for this one time.

        The old one stays good for `overlap_seconds`. ConflictError when it was rotated before.
        """
        path = f"{PATH}/{quote(key_id, safe='')}/rotations"
        return self._made(path, {"overlap_seconds": overlap_seconds})

    def revoke(self, key_id: str) -> Json:
        """End a key, and the sessions that it vended, within 60 s; twice is the same answer."""
        path = f"{PATH}/{quote(key_id, safe='')}/revocations"
        found: Json = self._client.call("POST", path, {}, str(uuid.uuid4())).body
        return found

    def _made(self, path: str, body: Json) -> Json:
        """Make the call once: its answer cannot be had a second time, so it is never repeated."""
        try:
            made: Json = self._client.call("POST", path, body).body
        except NoAnswerError as error:
            raise NoAnswerError(
                f"{error}\nA key may have been made all the same: list them, and revoke the one "
                "that nobody has the text of."
            ) from error
        return made
