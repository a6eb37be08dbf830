"""MiniStack's DynamoDB as a process of its own, for tests that moto is too slow or unsafe for.

moto is not thread-safe and dies with the process whose crash is the test. MiniStack's DynamoDB is
exact with 1,000 threads and outlives whoever is killed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tests.support import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "emulator" / "bin" / "python"
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Emulated:
    """Where the emulator listens."""

    url: str

    def client(self, pool: int = 10) -> DynamoDBClient:
        """Return a client whose every attempt is its own, so that a fault is not hidden."""
        config = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=pool,
        )
        return boto3.client("dynamodb", endpoint_url=self.url, config=config)

    def s3(self) -> S3Client:
        """Return a client of its S3, whose every attempt is its own."""
        config = Config(retries={"mode": "standard", "total_max_attempts": 1})
        return boto3.client("s3", endpoint_url=self.url, config=config)

    def fresh_tables(self, name: str) -> str:
        """Create the three tables for one test; return the prefix of their names."""
        prefix = f"{name}-{time.time_ns()}-"
        tables.create(self.client(), prefix)
        return prefix


@contextmanager
def emulated_dynamodb() -> Iterator[Emulated]:
    """Start the emulator on a free port of 127.0.0.1, and stop it afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        port = _free_port()
        with (Path(scratch) / "log").open("wb") as log:
            process = subprocess.Popen(
                [str(PYTHON), "-P", "-c", "import ministack.app as app; app.main()"],
                cwd=scratch,
                env=_environment(port, scratch),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait(process, f"http://127.0.0.1:{port}", Path(scratch) / "log")
            yield Emulated(f"http://127.0.0.1:{port}")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _environment(port: int, scratch: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": scratch,
        "TMPDIR": scratch,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": "eu-west-1",
        "S3_DATA_DIR": f"{scratch}/s3",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended: {log.read_text('utf-8')[-2000:]}")
        try:
            with opener.open(f"{url}/_ministack/ready", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the emulator is not ready: {log.read_text('utf-8')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
