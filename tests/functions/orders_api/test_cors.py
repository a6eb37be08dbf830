"""CORS: a listed page may call the token door, and nobody else's browser is told anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.doors import event, token_event
from tests.support.shop import PAGE

if TYPE_CHECKING:
    from tests.support.doors import Reply
    from tests.support.shop import Shop

SECOND = "https://second.example:8443"
STRANGERS = [
    "https://evil.example",
    "https://portal.example.evil.example",
    "https://portalXexample",
    "http://portal.example",
    "https://PORTAL.example",
    "https://portal.example/",
    "https://portal.example:8443",
    "null",
    "*",
    f"{PAGE} {SECOND}",
    f"{PAGE}, {SECOND}",
    "",
]


def told(reply: Reply) -> dict[str, str]:
    """Return what an answer says of CORS."""
    return {n: v for n, v in reply.headers.items() if n.startswith("access-control-")}


def asked(shop: Shop, origin: str | None, path: str = "/v1/orders", **more: Any) -> Reply:
    """Send what a browser sends before it lets a page call."""
    headers = {"Access-Control-Request-Method": "POST"} | ({"Origin": origin} if origin else {})
    return shop.door.call(token_event("OPTIONS", path, path, None, headers, **more))


@pytest.mark.parametrize("origin", [PAGE, SECOND])
def test_a_listed_page_may_call(shop: Shop, origin: str) -> None:
    """Guarantee: its browser hears the path's methods and the headers of a user's token only."""
    reply = asked(shop, origin)
    assert reply.status == 204
    assert told(reply) == {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST, GET",
        "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key",
        "access-control-max-age": "600",
    }
    assert reply.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", [None, *STRANGERS])
def test_another_page_hears_nothing(shop: Shop, origin: str | None) -> None:
    """Guarantee: no wildcard, no pattern, no echo: an origin is in the list or it is not."""
    reply = asked(shop, origin)
    assert (reply.status, told(reply)) == (204, {})


@pytest.mark.parametrize("path", ["/v1/keys", "/v1/credentials", "/v1/nothing", ""])
def test_what_is_not_for_pages_is_not_offered(shop: Shop, path: str) -> None:
    """Guarantee: keys and vended credentials are never handed to a page."""
    assert told(asked(shop, PAGE, path)) == {}


def test_answers_are_readable_for_a_listed_page(shop: Shop) -> None:
    """Guarantee: the page that called may read the answer, refused or not; another may not."""
    for origin, allowed in ((PAGE, PAGE), ("https://evil.example", None)):
        made = token_event("GET", "/v1/orders", "/v1/orders", None, {"Origin": origin})
        made["requestContext"]["authorizer"]["scopes"] = "stock:read"
        for status in (403, 200):
            reply = shop.door.call(made)
            assert reply.status == status
            assert told(reply).get("access-control-allow-origin") == allowed
            assert "access-control-allow-credentials" not in told(reply)
            made["requestContext"]["authorizer"]["scopes"] = "orders:read"


def test_no_other_door_speaks_to_pages(shop: Shop) -> None:
    """Guarantee: the signed and the hubspot door have no CORS, whatever Origin is sent."""
    for stage in ("signed", "hubspot"):
        made = event("GET", "/v1/orders", "/v1/orders", None, {"Origin": PAGE}, stage=stage)
        assert told(shop.door.call(made)) == {}
        assert told(asked(shop, PAGE, stage=stage)) == {}
    read = shop.door.call(event("GET", "/v1/orders", "/v1/orders", None, {"Origin": PAGE}))
    assert (read.status, told(read)) == (200, {})
