"""The client over HubSpot's SDK: time-outs, lost connections, one pool, no token in any word."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from core.crm.calls import Input, upsert
from core.crm.outcomes import Denied, Ok, Unavailable, Unknown
from core.crm.properties import ObjectType
from core.errors import Misconfigured
from core.errors import Unavailable as NotNow
from core.hubspot import client as module
from core.hubspot.client import HubspotClient
from tests.flow.faults import script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.shop import Shop

(CALL,) = upsert(ObjectType.PRODUCTS, [Input("p1", "p1", {"name": "Tea"})])


@pytest.fixture
def broken_server() -> Iterator[tuple[str, list[bytes]]]:
    """Answer each connection with the next of some bytes, then close it."""
    answers: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(answers.pop(0))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", answers
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_an_answer_that_does_not_come_in_time_is_unknown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time-out nobody knows whether it was done; it is never taken for a no."""
    monkeypatch.setattr(module, "READ_SECONDS", 0.3)

    async def slow(_exchange: Any, proceed: Any) -> Any:
        answer = await proceed(_exchange)
        await asyncio.sleep(1)
        return answer

    shop.twin.twin.layers.append(slow)
    reply = HubspotClient(shop.twin.token, shop.twin.url, "2026-09").send(CALL)
    assert reply.outcome == Unknown("ReadTimeoutError")


def test_an_answer_cut_in_its_body_is_unknown(
    broken_server: tuple[str, list[bytes]],
) -> None:
    """Half an answer proves nothing."""
    url, answers = broken_server
    answers.append(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"status": "COMP')
    answers.append(b"")
    client = HubspotClient("t", url, "2026-09")
    assert isinstance(client.send(CALL).outcome, Unknown)
    assert isinstance(client.send(CALL).outcome, Unknown)


def test_a_refused_connection_was_not_sent() -> None:
    """Nothing listens: HubSpot cannot now, and nothing was done."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert HubspotClient("t", url, "2026-09").send(CALL).outcome == Unavailable(0)


def test_a_wrong_token_is_denied_and_stands_in_no_word(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """The token is in no outcome, no log line and no error."""
    secret = "pat-na1-99999999-8888-7777-6666-555555555555"  # noqa: S105 - opens nothing
    client = HubspotClient(secret, shop.twin.url, "2026-09")
    with caplog.at_level(logging.DEBUG):
        reply = client.send(CALL)
        with pytest.raises(Misconfigured) as raised:
            client.ask("GET", "/account-info/2026-09/details")
    assert isinstance(reply.outcome, Denied)
    assert secret not in f"{reply}{caplog.text}{raised.value.internal}"


def test_connections_are_reused(shop: Shop) -> None:
    """Fifty calls one after another take one connection."""
    seen: set[Any] = set()
    client = HubspotClient(shop.twin.token, shop.twin.url, "2026-09")
    for _ in range(50):
        assert isinstance(client.send(CALL).outcome, Ok)
        pool = client._api.rest_client.pool_manager.connection_from_url(shop.twin.url)
        seen.add(pool.num_connections)
    assert seen == {1}


def test_nothing_is_retried_by_the_client(shop: Shop) -> None:
    """A failure is told, not repeated: the budget and the marks decide about repeats."""
    failing = script(shop.twin.twin, "", status=503, times=99)
    client = HubspotClient(shop.twin.token, shop.twin.url, "2026-09")
    assert client.send(CALL).outcome == Unavailable(503)
    with pytest.raises(NotNow):
        client.ask("GET", "/crm/pipelines/2026-09/order")
    assert failing.met == 2
