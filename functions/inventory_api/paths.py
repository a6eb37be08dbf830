"""What the paths of the inventory's routes hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import FieldError, Invalid, NotFound
from core.ids import ID
from core.inventory.changes import no_level
from core.inventory.model import LOCATION, RESERVED_LOCATIONS, SKU

if TYPE_CHECKING:
    from core.web.app import Request


def new_sku(request: Request) -> str:
    """Return the SKU of a product that may come into being; `Invalid`."""
    sku = request.path["sku"]
    if not SKU.fullmatch(sku):
        wrong = FieldError("sku", "invalid_sku", "Not a SKU: letters, digits and ._+:@- in 64.")
        raise Invalid("invalid_sku", "The path holds no valid SKU.", fields=(wrong,))
    return sku


def known_sku(request: Request) -> str:
    """Return a SKU; `NotFound` for one that no product can have."""
    sku = request.path["sku"]
    if not SKU.fullmatch(sku):
        raise NotFound("product_not_found", "There is no such product.")
    return sku


def new_location(request: Request) -> str:
    """Return a location that may come into being; `Invalid`."""
    location = request.path["location"]
    if not _is_location(location):
        wrong = FieldError("location", "invalid_location", "Small letters, digits and - in 32.")
        raise Invalid("invalid_location", "The path holds no valid location.", fields=(wrong,))
    return location


def known_location(request: Request) -> str:
    """Return a location; `NotFound` for one that cannot have stock."""
    location = request.path["location"]
    if not _is_location(location):
        raise no_level()
    return location


def reservation_id(request: Request) -> str:
    """Return a reservation's id; `NotFound` for what is no id."""
    given = request.path["id"]
    if not ID.fullmatch(given):
        raise NotFound("reservation_not_found", "There is no such reservation.")
    return given


def _is_location(text: str) -> bool:
    return LOCATION.fullmatch(text) is not None and text not in RESERVED_LOCATIONS
