"""Webhooks late, doubled, out of order, lost and under one id; and over HTTP."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from core.crm.signature import genuine
from local.tls import make_tls_files
from tests.twin.test_webhooks import SECRET, URL, Door, contact, hsmeta

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.running_twin import RunningTwin

CREATIONS = hsmeta(("object.creation", "contact", None))
HOUR = 3_600_000


@pytest.fixture
def door(twin: RunningTwin) -> Door:
    """Return a door that is told of new contacts."""
    made = Door(twin)
    made.subscribe(CREATIONS)
    return made


def told(door: Door, kind: str) -> list[int]:
    """Let the next event of three go wrong, and return in which order they come."""
    door.twin.call("POST", "/_twin/webhooks/mishaps", {"kind": kind})
    ids = [int(contact(door, email=f"{n}@example.com")) for n in range(3)]
    found = [e for _ in range(8) for e in door.after(HOUR)]
    assert len({e["eventId"] for e in found}) == len({e["objectId"] for e in found})
    return [ids.index(e["objectId"]) for e in found]


def test_events_can_be_lost_doubled_late_and_out_of_order(door: Door) -> None:
    """One at a time, by script."""
    assert told(door, "lost") == [1, 2]
    door.twin.call("POST", "/_twin/reset")
    assert sorted(told(door, "doubled")) == [0, 0, 1, 2]
    door.twin.call("POST", "/_twin/reset")
    assert told(door, "late") == [1, 2, 0]
    door.twin.call("POST", "/_twin/reset")
    door.twin.call("POST", "/_twin/webhooks/mishaps", {"kind": "disordered"})
    first, second = (int(contact(door, email=f"{n}@example.com")) for n in range(2))
    assert [e["objectId"] for _ in range(70) for e in door.after(1_000)] == [second, first]


def test_two_events_may_have_one_id(door: Door) -> None:
    """HubSpot does not promise that eventId is unique."""
    contact(door, email="0@example.com")
    door.twin.call("POST", "/_twin/webhooks/mishaps", {"kind": "same_id"})
    contact(door, email="1@example.com")
    first, second = door.after(1_000)
    assert first["eventId"] == second["eventId"]
    assert first["objectId"] != second["objectId"]


def day(door: Door, seed: int) -> list[tuple[int, int]]:
    """Make fifty contacts with a seed, and return what came when in a day."""
    door.twin.call("POST", "/_twin/reset")
    door.twin.call("POST", "/_twin/clock", {"advance_ms": 25 * HOUR})
    rates = dict.fromkeys(("lost", "doubled", "late", "disordered"), 0.3)
    body = {"seed": seed, "rates": rates, "varied": True}
    assert door.twin.call("PUT", "/_twin/webhooks/mishaps", body).status == 200
    for n in range(50):
        contact(door, email=f"{n}@example.com")
    door.sizes = []
    begun = door.clock.now()
    found = [(e["objectId"], door.clock.now() - begun) for _ in range(24) for e in door.after(HOUR)]
    return [*found, *((size, 0) for size in door.sizes)]


def test_a_seed_says_what_becomes_of_events(door: Door) -> None:
    """The same changes give the same deliveries; another seed gives others."""
    first, again, other = day(door, 3), day(door, 3), day(door, 4)
    assert first == again != other
    times = Counter(Counter(object_id for object_id, when in first if when).values())
    assert times[2] > 5
    assert sum(times.values()) < 45


@pytest.mark.parametrize(
    "body",
    [
        {"seed": 1, "rates": {"eaten": 0.5}},
        {"seed": 1, "rates": {"lost": 1.5}},
        {"rates": {"lost": 0.5}},
    ],
)
def test_a_mishap_that_makes_no_sense_is_refused(door: Door, body: dict[str, Any]) -> None:
    """400 with the reason."""
    assert door.twin.call("PUT", "/_twin/webhooks/mishaps", body).status == 400


class Receiver(http.server.BaseHTTPRequestHandler):
    """Refuses the first delivery, takes all others, and keeps what came."""

    kept: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        """Take a delivery."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept.append((dict(self.headers), body))
        self.send_response(500 if len(self.kept) == 1 else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Receiving:
    """A receiver's URL, what it kept, and the authority that vouches for it."""

    url: str
    kept: list[tuple[dict[str, str], bytes]]
    authority: Path | None


@pytest.fixture(params=["http", "https"])
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Receiving]:
    """Serve a receiver, without and with TLS of an authority of its own."""
    Receiver.kept, authority = [], None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        if request.param == "https":
            files = make_tls_files(tmp_path)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.certificate, files.key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            authority = files.authority
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        url = f"{request.param}://127.0.0.1:{server.server_port}/here"
        yield Receiving(url, Receiver.kept, authority)
        server.shutdown()
        thread.join()


def test_deliveries_go_over_http_by_the_twins_clock(twin: RunningTwin, receiver: Receiving) -> None:
    """Signed for the public URL though posted elsewhere; a retry follows the moved clock."""
    kept = receiver.kept
    body: dict[str, Any] = {"hsmeta": CREATIONS, "client_secret": SECRET, "delay_ms": 10}
    authority = receiver.authority and str(receiver.authority)
    body |= {"deliver_to": receiver.url, "authority": authority}
    assert twin.call("PUT", "/_twin/webhooks", body).status == 200
    made = contact(Door(twin), email="ann@example.com")
    for wanted in (1, 2):
        twin.call("POST", "/_twin/clock", {"advance_ms": 90_000})
        deadline = time.monotonic() + 5
        while len(kept) < wanted and time.monotonic() < deadline:
            time.sleep(0.02)
    assert len(kept) == 2
    now = twin.twin.clock.now()
    for attempt, (headers, raw) in enumerate(kept):
        stamp, given = headers["X-HubSpot-Request-Timestamp"], headers["X-HubSpot-Signature-v3"]
        assert genuine([SECRET], "POST", URL, raw, stamp, given, now)
        (event,) = json.loads(raw)
        assert (event["attemptNumber"], event["objectId"]) == (attempt, int(made))
    assert kept[0][0]["X-HubSpot-Request-Timestamp"] != kept[1][0]["X-HubSpot-Request-Timestamp"]
    assert twin.call("DELETE", "/_twin/webhooks").body["subscriptions"] == []
