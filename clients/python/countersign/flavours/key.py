"""An API key, for the token door or as a second proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from countersign.flavours.flavour import DoorName

KEY_HEADER = "X-API-Key"


class Key(AuthBase):
    """Sends an API key. Its text is in no representation of this object."""

    door: DoorName = "token"

    def __init__(self, text: str) -> None:
        """Keep the key."""
        self.text = text

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header."""
        request.headers[KEY_HEADER] = self.text
        return request

    def learn(self, refusal: Response) -> bool:  # noqa: ARG002 - a key is good or it is not
        """Return that there is nothing to put right."""
        return False
