"""OSV and npm's registry on loopback, as far as the two audits ask them."""

from __future__ import annotations

import gzip
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Databases:
    """What both know, what they were asked, and whether they are ill (`status`)."""

    python_holes: dict[tuple[str, str], str] = field(default_factory=dict)
    node_holes: dict[str, str] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    status: int = 200
    url: str = ""

    def answer(self, path: str, question: dict[str, Any]) -> Any:
        """Answer OSV's query of one version, or npm's of many packages."""
        if path == "/v1/query":
            name, version = question["package"]["name"], question["version"]
            self.asked.add((name, version))
            hole = self.python_holes.get((name, version))
            return {"vulns": [_osv(hole, name)]} if hole else {}
        return {name: [_npm(name, id_)] for name, id_ in self.node_holes.items()}


@contextmanager
def databases() -> Iterator[Databases]:
    """Serve both on one free port."""
    state = Databases()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            self._reply(state.answer(self.path, json.loads(body)))

        def do_GET(self) -> None:
            name = self.path.strip("/").replace("%2f", "/")
            versions = {"1.0.0": {"name": name, "version": "1.0.0"}}
            self._reply({"name": name, "versions": versions, "dist-tags": {"latest": "1.0.0"}})

        def _reply(self, value: Any) -> None:
            raw = json.dumps(value).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing: the test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _osv(hole: str, name: str) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": "99.0"}]
    package = {"name": name, "ecosystem": "PyPI"}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": hole, "summary": "a hole", "affected": affected}


def _npm(name: str, id_: str) -> dict[str, Any]:
    return {
        "id": 1,
        "url": f"https://github.com/advisories/{id_}",
        "title": f"A hole in {name}",
        "severity": "high",
        "vulnerable_versions": "*",
        "cwe": [],
        "cvss": {"score": 0, "vectorString": None},
    }
