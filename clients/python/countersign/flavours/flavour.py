"""What a way of proving who calls has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

DoorName = Literal["signed", "token"]


class Flavour(Protocol):
    """Proves who calls by what it adds to a request, as `requests` calls its auth objects."""

    @property
    def door(self) -> DoorName:
        """The door that takes this proof."""
        ...

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the proof, as the last thing that changes the request."""
        ...

    def learn(self, refusal: Response) -> bool:
        """Take from a 401 or 403 what can be put right; whether one more try is worth it."""
        ...
