"""Two proofs on one call, for routes that want both (docs/routes.md: `layered`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from countersign.flavours.flavour import DoorName
    from countersign.flavours.key import Key
    from countersign.flavours.signed import Signed
    from countersign.flavours.token import Token


class Layered(AuthBase):
    """A signature or a token, and a key of another origin. The first says who calls."""

    def __init__(self, first: Signed | Token, second: Key) -> None:
        """Keep both."""
        self.first = first
        self.second = second

    @property
    def door(self) -> DoorName:
        """The first one's: a key goes to either."""
        return self.first.door

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the key, then sign: nothing changes a request after its signature."""
        return self.first(self.second(request))

    def learn(self, refusal: Response) -> bool:
        """Put right what the first can put right."""
        return self.first.learn(refusal)
