"""A bare interpreter as Lambda has it: boto3 beside the bundle, and nothing else of ours."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from core.settings import variables
from infra import ROOT
from infra.function import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PYTHON = ROOT / ".venv" / "lambda" / "bin" / "python"

TELL = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
module = importlib.import_module(sys.argv[2])
assert callable(module.handler)
for late in sys.argv[3:]:
    importlib.import_module(late)
inside = [
    name for name, m in sys.modules.items()
    if str(getattr(m, "__file__", "") or "").startswith(sys.argv[1])
]
loaded = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps({"inside": sorted(inside), "loaded": loaded}))
"""


FORMED = {"FIELD_OWNERSHIP": "{}"}
"""Variables that are read as more than text."""


class _AnySecret(BaseHTTPRequestHandler):
    """Secrets Manager for a function that reads one when it starts."""

    def do_POST(self) -> None:
        """Answer every call with a secret."""
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"SecretString": '{"current": "c", "previous": null}'}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


def secrets() -> Iterator[str]:
    """Serve secrets on a free port of 127.0.0.1 and yield the address."""
    server = HTTPServer(("127.0.0.1", 0), _AnySecret)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def environment(name: str, own: Iterable[str], endpoint: str) -> dict[str, str]:
    """Return the environment of a function: its `own` variables filled, AWS at `endpoint`."""
    return {name: FORMED.get(name, "1") for name in own} | {
        "POWERTOOLS_SERVICE_NAME": name,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": "/usr/bin:/bin",
    }


@cache
def load(root: Path, folder: str, endpoint: str, *late: str) -> dict[str, list[str]]:
    """Import a function's handler in the bare interpreter; return the modules that this loaded.

    `late` are modules that it imports only when they are needed. A missing package, or a warning,
    fails it. It is done once for each bundle.
    """
    done = subprocess.run(
        [str(PYTHON), "-I", "-W", "error", "-c", TELL, str(root), f"{folder}.handler", *late],
        env=environment(folder, variables(settings_of(folder)), endpoint),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=root,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found
