"""The throw-away authority: what it vouches for, and what it cannot."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from local.ports import LOOPBACK
from local.tls import LIFETIME, make_tls_files

if TYPE_CHECKING:
    from pathlib import Path

    from local.tls import TlsFiles


def shake_hands(server: TlsFiles, trusted: Path, name: str) -> None:
    """Serve one TLS connection on 127.0.0.1 and make it, trusting `trusted`, as `name`."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server.certificate, server.key)
        serving = threading.Thread(target=_serve_once, args=(listener, context))
        serving.start()
        try:
            client = ssl.create_default_context(cafile=str(trusted))
            address = listener.getsockname()
            with (
                socket.create_connection(address, timeout=10) as plain,
                client.wrap_socket(plain, server_hostname=name),
            ):
                pass
        finally:
            serving.join()


def _serve_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with connection:
        try:
            context.wrap_socket(connection, server_side=True).close()
        except (ssl.SSLError, OSError):
            return


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_client_that_trusts_the_authority_is_content(tmp_path: Path, name: str) -> None:
    """The local run's own clients verify the certificate and need no exception."""
    files = make_tls_files(tmp_path)
    shake_hands(files, files.authority, name)


def test_another_name_is_not_vouched_for(tmp_path: Path) -> None:
    """The certificate is for this machine and nothing else."""
    files = make_tls_files(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files, files.authority, "example.com")


def test_another_runs_authority_is_not_trusted(tmp_path: Path) -> None:
    """Each start has an authority of its own."""
    files, other = make_tls_files(tmp_path / "one"), make_tls_files(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files, other.authority, "localhost")


def test_the_authority_can_sign_nothing_more(tmp_path: Path) -> None:
    """Its key is never written, the server's is for its owner alone, and both end in a week."""
    files = make_tls_files(tmp_path)
    keys = [p for p in tmp_path.iterdir() if b"PRIVATE KEY" in p.read_bytes()]
    assert keys == [files.key]
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    certificate = x509.load_pem_x509_certificate(files.authority.read_bytes())
    lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert lasts.days == LIFETIME.days
