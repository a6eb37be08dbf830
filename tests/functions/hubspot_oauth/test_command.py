"""`countersign hubspot connect`: the operator's machine, over the real function and the twin."""

from __future__ import annotations

import http.client
import io
import json
import socket
from contextlib import closing
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import pytest

from countersign import connecting
from countersign.__main__ import main
from countersign.connecting import ConnectError, Listener
from countersign.errors import SettingsError
from countersign.target import Target
from tests.functions.hubspot_oauth.scene import CLIENT, SECRET, TENANT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functions.hubspot_oauth.scene import Connected


class Session(boto3.Session):
    """A session whose Lambda is the function in this process."""

    scene: Connected

    def client(self, *names: Any, **_told: Any) -> Any:
        """Return Lambda."""
        assert names == ("lambda",)
        return self

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Run the function."""
        assert FunctionName == "oauth"
        answer = self.scene.module.handler(json.loads(Payload), None)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def free_port(scene: Connected) -> int:
    """Return a free port, which the app has registered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    apps = scene.twin.twin.grants.apps
    apps[CLIENT] = replace(apps[CLIENT], redirect_uris=(f"http://localhost:{port}/callback",))
    return port


def get(port: int, path: str) -> tuple[int, str]:
    """Call the operator's machine as a browser on it would."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as browser:
        browser.request("GET", path)
        answer = browser.getresponse()
        return answer.status, answer.read().decode()


def person(scene: Connected, port: int, decision: str) -> Callable[[str], None]:
    """Return someone who, given the link, decides and is sent back."""

    def decide(url: str) -> None:
        location = scene.decide(url, decision).headers["location"]
        get(port, location.removeprefix(f"http://localhost:{port}"))

    return lambda url: Thread(target=decide, args=(url,), daemon=True).start()


def session_of(scene: Connected) -> Session:
    """Return a session that leads to the function."""
    session = Session()
    session.scene = scene
    return session


def test_the_command_goes_the_whole_way(
    scene: Connected, capsys: pytest.CaptureFixture[str]
) -> None:
    """Type it, decide in the browser: the token opens the portal, and no secret was printed."""
    port = free_port(scene)
    session = session_of(scene)
    typed = ["hubspot", "connect", "--function", "oauth", "--tenant", TENANT]
    typed += ["--region", "eu-west-1", "--port", str(port)]
    with (
        patch.object(Target, "session", lambda _: session),
        patch("webbrowser.open", person(scene, port, "allow")),
    ):
        assert main(typed) == 0
    assert scene.opens()
    printed = capsys.readouterr()
    assert json.loads(printed.out)["portal"] == "1"
    told = printed.out + printed.err
    assert "/oauth/authorize?" in told
    refresh = scene.held("oauth/")["refresh_token"]
    assert not any(secret in told for secret in (SECRET, refresh, scene.held()["token"]))


def test_a_person_who_says_no_is_heard(scene: Connected) -> None:
    """HubSpot's page sends a refusal back: it is said so, and nothing is kept."""
    port = free_port(scene)
    with pytest.raises(ConnectError, match="access_denied"):
        connecting.connect(
            session_of(scene), "oauth", TENANT, port=port, open_page=person(scene, port, "deny")
        )
    assert scene.issued() == 0


def test_only_who_knows_the_state_is_listened_to() -> None:
    """A forged or stray request gets a 404, and the listener goes on waiting for the right one."""
    forged = ["/callback?code=evil", "/callback?code=evil&state=x", "/favicon.ico"]
    forged += ["/callback?code=evil&state=", "/other?code=evil&state=right"]
    seen: list[int] = []
    with Listener(0) as listener:
        port = int(listener.url.split(":")[2].split("/")[0])

        def come_back() -> None:
            seen.extend(get(port, path)[0] for path in forged)
            seen.append(get(port, "/callback?code=good&state=right")[0])

        Thread(target=come_back, daemon=True).start()
        assert listener.code("right", 30) == "good"
    assert seen[: len(forged)] == [404] * len(forged)


def test_a_port_that_is_taken_and_a_person_who_never_comes(scene: Connected) -> None:
    """Both end in a sentence; the port is tried before a link is made."""
    with Listener(0) as listener:
        port = int(listener.url.split(":")[2].split("/")[0])
        with pytest.raises(SettingsError, match=f"port {port}"):
            connecting.connect(session_of(scene), "oauth", TENANT, port=port, open_page=print)
    port = free_port(scene)
    with pytest.raises(ConnectError, match="Nobody came back"):
        connecting.connect(session_of(scene), "oauth", TENANT, port=port, open_page=str, patience=0)


def test_the_machine_listens_to_itself_only() -> None:
    """The listener is bound to 127.0.0.1, whatever the redirect's name."""
    with Listener(0) as listener:
        assert listener._server.server_address[0] == "127.0.0.1"
        assert listener.url.startswith("http://localhost:")
