"""The AWS emulator (MiniStack) as a program of its own, and the way clients reach it."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countersign.aws import aws_session
from local import paths, processes
from local.ports import LOOPBACK
from local.tls import TlsFiles, make_tls_files

if TYPE_CHECKING:
    from pathlib import Path

    import boto3

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROOT_KEY = "test"
"""MiniStack's root key: it passes every policy, so tests of a refusal never use it."""

LAMBDA_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the emulator listens and which authority signed its certificate."""

    url: str
    authority: Path

    def environment(self) -> dict[str, str]:
        """Return the variables that point the AWS SDKs and the CDK CLI at the emulator."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.authority),
            "NODE_EXTRA_CA_CERTS": str(self.authority),
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def session(self) -> boto3.Session:
        """Return a session whose every client goes to the emulator, with its root key."""
        return aws_session(
            REGION, endpoint_url=self.url, ca_bundle=str(self.authority), key=ROOT_KEY
        )


def start(port: int, state: Path) -> tuple[processes.Service, Endpoint]:
    """Start the emulator on 127.0.0.1:`port`, its files under `state`, and wait until it serves."""
    tls = make_tls_files(state / "tls")
    endpoint = Endpoint(f"https://{LOOPBACK}:{port}", tls.authority)
    scratch = state / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    service = processes.start(
        "The AWS emulator",
        [str(paths.EMULATOR_PYTHON), "-P", str(paths.ROOT / "local" / "ministack_main.py")],
        log=state / "logs" / "emulator.log",
        env=_environment(port, tls, scratch, state / "s3"),
        cwd=scratch,
    )
    try:
        service.wait_ready(lambda: _serves(endpoint))
    except BaseException:
        service.stop()
        raise
    return service, endpoint


def _environment(port: int, tls: TlsFiles, scratch: Path, objects: Path) -> dict[str, str]:
    """Return all that MiniStack, and so every function in it, sees: nothing of this shell's."""
    return {
        "PATH": LAMBDA_PATH,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AUTH": "true",
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(tls.certificate),
        "MINISTACK_SSL_KEY": str(tls.key),
        "AWS_CA_BUNDLE": str(tls.authority),
        "SSL_CERT_FILE": str(tls.authority),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "S3_DATA_DIR": str(objects),
        "LOG_LEVEL": "INFO",
        "LAMBDA_PYTHON": str(paths.LAMBDA_PYTHON),
    }


def _serves(endpoint: Endpoint) -> bool:
    trust = ssl.create_default_context(cafile=str(endpoint.authority))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    try:
        with opener.open(f"{endpoint.url}/_ministack/ready", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (urllib.error.URLError, OSError):
        return False
