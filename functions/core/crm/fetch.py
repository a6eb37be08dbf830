"""What HubSpot signs of a `hubspot.fetch`: the URI, rebuilt from what a gateway leaves of it.

HubSpot appends who asks (`portalId`, `userId`, `userEmail`, `appId`) to the URL that a UI extension
calls, and signs the whole. API Gateway hands over the path as it came (the local emulator hands it
over decoded), but the query decoded and in no order. So every URI is tried that reads as these
names and values: a signature over one of them is over nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import permutations, product
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

from core.access.hubspotuser import HubspotUser
from core.crm.signature import genuine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

MOST_OWN = 4
"""How many query parameters a call may have of its own."""

MOST_APPENDED = 5
"""How many HubSpot may append: four today."""

_ID = re.compile(r"[1-9][0-9]{0,19}")
_IN_PATHS = "/%!$&'()*+,;=:@"
"""What stays as it is in a path, beside letters, digits and `-._~` (RFC 3986, section 3.3)."""

_ENCODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: quote(text, safe=""),
    lambda text: quote_plus(text).replace("~", "%7E"),
    lambda text: quote(text, safe="+"),
)
"""RFC 3986, HTML forms, and a `+` that stayed as typed. They differ in space, `+` and `~` only."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A call as it arrived: `query` is decoded, each name once; `base` is the door's public URL."""

    method: str
    base: str
    path: str
    query: Mapping[str, str]
    body: bytes
    timestamp: str | None
    signature: str | None

    def user(self, secrets: Iterable[str], own: Collection[str], now: int) -> HubspotUser | None:
        """Return who asks; None unless HubSpot signed this call within five minutes of `now`.

        `own` are the parameters that a call may have before HubSpot's.
        """
        portal, user = self.query.get("portalId", ""), self.query.get("userId", "")
        if not self.timestamp or not _ID.fullmatch(portal) or not _ID.fullmatch(user):
            return None
        live = tuple(secrets)
        if any(self._is_signed_as(uri, live, now) for uri in self.uris(own)):
            return HubspotUser(portal, user, int(self.timestamp))
        return None

    def uris(self, own: Collection[str]) -> Iterator[str]:
        """Yield each URI that could have led to this path and query.

        There is none for a `?` within path or query: the decode table makes it the one before the
        query, and nobody could tell where the query begins.
        """
        called = [pair for pair in self.query.items() if pair[0] in own]
        appended = [pair for pair in self.query.items() if pair[0] not in own]
        if len(called) > MOST_OWN or len(appended) > MOST_APPENDED:
            return
        if "?" in "".join((unquote(self.path), *self.query, *self.query.values())):
            return
        path = quote(self.path, safe=_IN_PATHS)
        paths = dict.fromkeys((path, path.replace("+", "%2B")))
        queries = dict.fromkeys(
            (_written(called, encode), _written(appended, encode)) for encode in _ENCODINGS
        )
        for start, (first, last) in product(paths, queries):
            for before, after in product(permutations(first), permutations(last)):
                yield f"{self.base}{start}?{'&'.join((*before, *after))}"

    def _is_signed_as(self, uri: str, secrets: Iterable[str], now: int) -> bool:
        return genuine(secrets, self.method, uri, self.body, self.timestamp, self.signature, now)


def _written(pairs: Iterable[tuple[str, str]], encode: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(f"{encode(name)}={encode(value)}" for name, value in pairs)
