"""`hubspot.fetch`: who asks is believed only as HubSpot signed it, however the gateway hands it."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crm.fetch import Fetch
from core.crm.signature import WINDOW_MS, sign
from local.twin.fetch.fetch import APPENDED, Viewer, address

SECRET = "12345678-aaaa-bbbb-cccc-ddddeeeeffff"  # noqa: S105 - HubSpot's published vector
BASE = "https://door.example.com/hubspot"
NOW = 1_795_000_000_000
OWN = ("cursor", "limit", "customer_id", "state")
VIEWER = Viewer(4711, 815, "ada+shop@example.com")


def arrived(url: str, *, seed: int = 0, **changed: Any) -> Fetch:
    """Return what a gateway hands over of a signed call: the query decoded, in no order."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    random.Random(seed).shuffle(pairs)  # noqa: S311 - a sample, not a secret
    whole: dict[str, Any] = {
        "method": "GET",
        "base": BASE,
        "path": parts.path.removeprefix("/hubspot"),
        "query": dict(pairs),
        "body": b"",
        "timestamp": str(NOW),
        "signature": sign(SECRET, "GET", url, b"", str(NOW)),
    }
    return Fetch(**(whole | changed))


def who(fetch: Fetch, now: int = NOW) -> tuple[str, str] | None:
    """Return portal and user, None for a stranger."""
    found = fetch.user([SECRET], OWN, now)
    return None if found is None else (found.portal, found.id)


@pytest.mark.parametrize("order", list(permutations(APPENDED)))
def test_whatever_the_order_it_is_who_hubspot_says(order: tuple[str, ...]) -> None:
    """Guarantee: HubSpot may append who asks in any order, and the gateway may lose that order."""
    url = address(f"{BASE}/v1/orders?customer_id=01x&limit=5", VIEWER, order)
    assert who(arrived(url, seed=hash(order))) == ("4711", "815")


@pytest.mark.parametrize(
    "path",
    ["/v1/stock/MUG-1", "/v1/stock/A%20B", "/v1/stock/A+B", "/v1/stock/a@b:c", "/v1/stock/a%40b"],
)
@pytest.mark.parametrize(
    "query",
    [
        "portalId=4711&userId=815&userEmail=ada%2Bshop%40example.com&appId=1",
        "portalId=4711&userId=815&userEmail=ada%2Bshop@example.com&appId=1",
        "appId=1&portalId=4711&userEmail=o%27hara~x%20y@example.com&userId=815",
        "appId=1&portalId=4711&userEmail=o'hara%7Ex+y@example.com&userId=815",
        "userId=815&portalId=4711",
    ],
)
def test_each_way_of_writing_a_url_is_understood(path: str, query: str) -> None:
    """Guarantee: escapes of HubSpot's table, spaces and plus signs are read as they were signed."""
    assert who(arrived(f"{BASE}{path}?{query}")) == ("4711", "815")


def test_a_plus_that_the_gateway_keeps_is_understood() -> None:
    """Guarantee: it does not matter whether a gateway reads a bare plus as a space."""
    url = f"{BASE}/v1/stock/A?portalId=4711&userId=815&userEmail=ada+shop@example.com&appId=1"
    kept = {"portalId": "4711", "userId": "815", "userEmail": "ada+shop@example.com", "appId": "1"}
    assert who(arrived(url)) == ("4711", "815")
    assert who(arrived(url, query=kept)) == ("4711", "815")


SIGNED = address(f"{BASE}/v1/orders?limit=5", VIEWER)
QUERY = dict(parse_qsl(urlsplit(SIGNED).query))


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "POST"},
        {"path": "/v1/orders/01x"},
        {"base": "https://door.example.com/signed"},
        {"body": b"{}"},
        {"query": QUERY | {"portalId": "4712"}},
        {"query": QUERY | {"userId": "816"}},
        {"query": QUERY | {"limit": "6"}},
        {"query": QUERY | {"cursor": "x"}},
        {"query": {n: v for n, v in QUERY.items() if n != "limit"}},
        {"query": {n: v for n, v in QUERY.items() if n != "portalId"}},
        {"query": {n: v for n, v in QUERY.items() if n != "userId"}},
        {"query": {}},
        {"timestamp": None},
        {"timestamp": str(NOW + 1)},
        {"signature": None},
        {"signature": "é" * 44},
    ],
)
def test_whatever_was_not_signed_is_nobody(changed: dict[str, Any]) -> None:
    """Guarantee: a part that is changed, added or missing makes the caller a stranger."""
    assert who(arrived(SIGNED)) == ("4711", "815")
    assert who(arrived(SIGNED, **changed)) is None


@pytest.mark.parametrize("late", [WINDOW_MS + 1, -WINDOW_MS - 1])
def test_five_minutes_on_both_sides(late: int) -> None:
    """Guarantee: a signature is good for five minutes, and not before its time either."""
    assert who(arrived(SIGNED), NOW + late) is None
    assert who(arrived(SIGNED), NOW + late - (1 if late > 0 else -1)) == ("4711", "815")


@pytest.mark.parametrize("number", ["", "0", "01", "-1", "1.0", "1 ", "\u0661", "1" * 21, "a"])
@pytest.mark.parametrize("name", ["portalId", "userId"])
def test_ids_are_plain_numbers(name: str, number: str) -> None:
    """Guarantee: an id that HubSpot would not give is nobody's, even when it is signed."""
    url = f"{BASE}/v1/orders?{urlencode({'portalId': '4711', 'userId': '815'} | {name: number})}"
    assert who(arrived(url)) is None


def test_nobody_chooses_where_the_query_begins() -> None:
    """Guarantee: a `?` that was escaped, and reads like the real one once decoded, is refused.

    All these calls have the same text to sign, but another portal in their query, or none.
    """
    honest = f"{BASE}/v1/stock/A?limit=x&portalId=1&userId=2"
    signature = sign(SECRET, "GET", honest, b"", str(NOW))
    assert who(arrived(honest)) == ("1", "2")
    query = {"portalId": "1", "userId": "2"}
    for path, left in (("/v1/stock/A%3Flimit=x", query), ("/v1/stock/A?limit=x", query)):
        fetch = Fetch("GET", BASE, path, left, b"", str(NOW), signature)
        assert list(fetch.uris(OWN)) == []
    assert who(arrived(f"{BASE}/v1/stock/A?cursor=x%3Fy&portalId=1&userId=2")) is None


@pytest.mark.parametrize("more", [5, 40])
def test_a_long_query_costs_nothing(more: int) -> None:
    """Guarantee: nobody can have us try the orders of more parameters than there may be."""
    url = f"{BASE}/v1/orders?portalId=1&userId=2&" + "&".join(f"p{n}={n}" for n in range(more))
    assert list(arrived(url).uris(OWN)) == []


def test_the_most_that_is_tried_is_bounded() -> None:
    """Guarantee: a flood of bad signatures costs some milliseconds a call and no more."""
    own = "&".join(f"{name}=~+%20" for name in OWN)
    fetch = arrived(address(f"{BASE}/v1/orders?{own}", VIEWER))
    assert len(list(fetch.uris(OWN))) == 24 * 24 * 3


@given(st.dictionaries(st.sampled_from(OWN), st.text(max_size=20), max_size=2))
def test_every_uri_that_is_tried_reads_as_the_query(own: dict[str, str]) -> None:
    """Guarantee: a signature over any of them is over these names and values and no others."""
    query = own | {"portalId": "4711", "userId": "815"}
    fetch = Fetch("GET", BASE, "/v1/orders", query, b"", str(NOW), "")
    for uri in fetch.uris(OWN):
        read = dict(parse_qsl(urlsplit(uri).query, keep_blank_values=True, strict_parsing=True))
        exact = {n: v.replace("+", " ") for n, v in query.items()}
        assert {n: v.replace("+", " ") for n, v in read.items()} == exact
