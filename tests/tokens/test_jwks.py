"""Fetching an issuer's keys, over real HTTPS: how often, how long, how much, and from where."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from core.access.token import KeysUnavailable
from core.tokens.download import MAX_BYTES, SECONDS, download
from core.tokens.keys import COOL_DOWN_MS, FRESH_MS, RETRY_MS, STALE_MS, IssuerKeys
from tests.support.issuer import Behaviour, SigningKey

if TYPE_CHECKING:
    from tests.tokens.conftest import Desk


def _asked(desk: Desk) -> int:
    return len(desk.local.paths)


def test_keys_are_fetched_once_while_fresh(desk: Desk) -> None:
    """Guarantee: one request for as long as the keys are fresh, then one more."""
    for _ in range(5):
        assert desk.verify(desk.token())
    assert _asked(desk) == 1
    desk.clock.advance(FRESH_MS - 1)
    assert desk.verify(desk.token())
    assert _asked(desk) == 1
    desk.clock.advance(1)
    assert desk.verify(desk.token())
    assert _asked(desk) == 2


def test_a_flood_of_unknown_kids(desk: Desk) -> None:
    """Guarantee: however many unknown kids come, one request in half a minute (GHSA-fhv5-28vv)."""
    assert COOL_DOWN_MS >= 30_000
    for n in range(50):
        assert desk.refusal(desk.token(desk.header(kid=f"made-up-{n}"))) == "kid_unknown"
        desk.clock.advance(100)
    assert _asked(desk) == 1
    assert desk.verify(desk.token())
    desk.clock.advance(COOL_DOWN_MS)
    for n in range(50):
        assert desk.refusal(desk.token(desk.header(kid=f"new-{n}"))) == "kid_unknown"
    assert _asked(desk) == 2


def test_rotation(desk: Desk) -> None:
    """Guarantee: a new key counts after the cool-down; a withdrawn one no longer once fetched."""
    old, new = desk.token(), SigningKey.make("new", "ES256")
    assert desk.verify(old)
    desk.local.publish(new)
    desk.key = new
    assert desk.refusal(desk.token()) == "kid_unknown"
    desk.clock.advance(COOL_DOWN_MS)
    assert desk.verify(desk.token())
    assert desk.refusal(old) == "kid_unknown"


def test_a_withdrawn_key_ends_with_freshness(desk: Desk) -> None:
    """Guarantee: a key that the issuer took back verifies for five more minutes at most."""
    token = desk.token()
    assert desk.verify(token)
    desk.local.publish()
    desk.clock.advance(FRESH_MS)
    assert FRESH_MS <= 300_000
    assert desk.refusal(token) == "kid_unknown"


def test_stale_if_error(desk: Desk) -> None:
    """Guarantee: an issuer that is away ends nothing for an hour, and everything after it."""
    first = desk.clock.now() // 1000
    assert desk.verify(desk.token())
    desk.local.behaviour = Behaviour(status=500)
    desk.clock.advance(STALE_MS - 1)
    late = desk.token(iat=first + 3_500, exp=first + 4_000)
    assert desk.verify(late)
    desk.clock.advance(1)
    with pytest.raises(KeysUnavailable):
        desk.verify(late)
    desk.local.behaviour = Behaviour()
    desk.clock.advance(RETRY_MS)
    assert desk.verify(late)


def test_an_issuer_that_is_away_is_not_hammered(desk: Desk) -> None:
    """Guarantee: while it fails it is asked once in ten seconds, and forgiven at once after."""
    desk.local.behaviour = Behaviour(status=503)
    for _ in range(20):
        with pytest.raises(KeysUnavailable, match="503"):
            desk.verify(desk.token())
    assert _asked(desk) == 1
    desk.local.behaviour = Behaviour()
    desk.clock.advance(RETRY_MS)
    assert desk.verify(desk.token())


def test_an_unknown_kid_while_the_issuer_is_away(desk: Desk) -> None:
    """Guarantee: what may be a new key that we could not fetch is our failure (500), not theirs."""
    assert desk.verify(desk.token())
    desk.local.behaviour = Behaviour(status=500)
    desk.clock.advance(FRESH_MS)
    with pytest.raises(KeysUnavailable):
        desk.verify(desk.token(desk.header(kid="new")))
    assert desk.verify(desk.token())


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(status=301, headers={"Location": "/jwks.json?again"}),
        Behaviour(status=302, headers={"Location": "https://192.0.2.1/evil.json"}),
        Behaviour(status=307, headers={"Location": "http://127.0.0.1:1/"}),
        Behaviour(status=404),
        Behaviour(status=204),
        Behaviour(status=206),
        Behaviour(headers={"Content-Encoding": "gzip"}),
        Behaviour(body=b" " * (MAX_BYTES + 1)),
        Behaviour(body=b'{"keys": []', headers={"Content-Length": "500"}),
    ],
    ids=range(9),
)
def test_answers_that_are_none(desk: Desk, behaviour: Behaviour) -> None:
    """Guarantee: redirects, errors, compressed, oversize and cut answers give no keys."""
    desk.local.behaviour = behaviour
    with pytest.raises(KeysUnavailable):
        desk.verify(desk.token())
    assert desk.local.paths == ["/jwks.json"]


@pytest.mark.parametrize("behaviour", [Behaviour(delay=4.0), Behaviour(drip=True)], ids=str)
def test_two_seconds_for_all_of_it(desk: Desk, behaviour: Behaviour) -> None:
    """Guarantee: an issuer that hangs, or sends a byte at a time, costs two seconds at most."""
    desk.local.behaviour = behaviour
    began = time.monotonic()
    with pytest.raises(KeysUnavailable, match="no answer"):
        desk.verify(desk.token())
    assert SECONDS <= time.monotonic() - began < SECONDS + 1


def test_only_authorities_of_the_platform(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarantee: a certificate that no trusted authority signed gives no keys."""
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(KeysUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        desk.verify(desk.token())
    assert desk.local.paths == []


def test_only_the_name_in_the_certificate(desk: Desk) -> None:
    """Guarantee: the certificate must be for the host that was asked."""
    same_host = desk.local.jwks_url.replace("127.0.0.1", "127.1")
    with pytest.raises(KeysUnavailable, match="Hostname mismatch"):
        download(same_host)
    assert desk.local.paths == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "file:///etc/passwd", "data:,{}", "ftp://x"]
)
def test_only_https(url: str) -> None:
    """Guarantee: no other scheme is ever fetched (GHSA-993g-76c3-p5m4)."""
    with pytest.raises(KeysUnavailable, match="not https"):
        download(url)


def test_no_proxy_of_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarantee: the environment's proxies are not asked."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert desk.verify(desk.token())


def test_one_request_for_many_threads(desk: Desk) -> None:
    """Guarantee: threads that need the same keys at once wait for one request."""
    desk.local.behaviour = Behaviour(delay=0.2)
    keys = IssuerKeys(download, desk.clock)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.find(desk.issuer, desk.key.kid)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert _asked(desk) == 1


def test_another_url_is_another_cache(desk: Desk) -> None:
    """Guarantee: when the configuration names another URL, the old one's keys do not count."""
    keys = IssuerKeys(download, desk.clock)
    assert keys.find(desk.issuer, desk.key.kid)
    moved = desk.trusting(jwks_url=desk.local.jwks_url + "?v=2").issuer
    assert keys.find(moved, desk.key.kid)
    assert desk.local.paths == ["/jwks.json", "/jwks.json?v=2"]
