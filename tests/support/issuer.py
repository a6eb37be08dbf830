"""An issuer of tokens on this machine: keys, tokens signed by hand, and its JWKS over real HTTPS.

Nothing here is the library under test: signatures are `cryptography`'s, encodings the standard
library's, so that a token can be wrong in exactly one place.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from base64 import urlsafe_b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from local.tls import make_tls_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.tls import TlsFiles

CURVES: dict[str, ec.EllipticCurve] = {
    "ES256": ec.SECP256R1(),
    "ES384": ec.SECP384R1(),
    "ES512": ec.SECP521R1(),
}
NAMES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def b64(data: bytes | str | dict[str, Any]) -> str:
    """Encode bytes, text or a JSON object as base64url without padding."""
    if isinstance(data, dict):
        data = json.dumps(data)
    raw = data.encode() if isinstance(data, str) else data
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    """Encode a number big-endian, in `size` bytes or the fewest that hold it."""
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8))


@dataclass(frozen=True)
class SigningKey:
    """A private key with the name and algorithm under which its issuer publishes it."""

    kid: str
    algorithm: str
    private: Private

    @classmethod
    def make(cls, kid: str, algorithm: str, *, bits: int = 2048) -> SigningKey:
        """Make a key for an algorithm."""
        if algorithm in CURVES:
            return cls(kid, algorithm, ec.generate_private_key(CURVES[algorithm]))
        if algorithm in {"EdDSA", "Ed25519"}:
            return cls(kid, algorithm, ed25519.Ed25519PrivateKey.generate())
        return cls(kid, algorithm, rsa.generate_private_key(65537, bits))

    def jwk(self, **changed: Any) -> dict[str, Any]:
        """Return the public JWK; None takes a member out."""
        made = {"kid": self.kid, "use": "sig", "alg": self.algorithm, **self._public()} | changed
        return {name: value for name, value in made.items() if value is not None}

    def _public(self) -> dict[str, str]:
        if isinstance(self.private, rsa.RSAPrivateKey):
            numbers = self.private.public_key().public_numbers()
            return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            raw = self.private.public_key().public_bytes_raw()
            return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
        point = self.private.public_key().public_numbers()
        size = (point.curve.key_size + 7) // 8
        curve = next(NAMES[a] for a, c in CURVES.items() if c.name == point.curve.name)
        axes = {"x": number(point.x, size), "y": number(point.y, size)}
        return {"kty": "EC", "crv": curve, **axes}

    def sign(self, data: bytes, algorithm: str | None = None) -> bytes:
        """Sign as JWA says (RFC 7518, RFC 8037)."""
        named = algorithm or self.algorithm
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(data)
        digest = _HASHES[named[2:]]
        if isinstance(self.private, rsa.RSAPrivateKey):
            if named.startswith("PS"):
                salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
                return self.private.sign(data, salted, digest)
            return self.private.sign(data, padding.PKCS1v15(), digest)
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
        size = (self.private.curve.key_size + 7) // 8
        return r.to_bytes(size) + s.to_bytes(size)


def compact(
    header: dict[str, Any] | bytes | str,
    claims: dict[str, Any] | bytes | str,
    sign: Callable[[bytes], bytes],
) -> str:
    """Write a compact JWS of whatever is given."""
    signed = f"{b64(header)}.{b64(claims)}"
    return f"{signed}.{b64(sign(signed.encode()))}"


@dataclass
class Behaviour:
    """How the JWKS endpoint answers: `body` replaces the keys, `drip` sends one byte at a time."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay: float = 0.0
    drip: bool = False


class LocalIssuer:
    """Publishes keys at `jwks_url` and counts who asks."""

    def __init__(self, port: int) -> None:
        """Publish nothing yet."""
        self.id = f"https://127.0.0.1:{port}"
        self.jwks_url = f"{self.id}/jwks.json"
        self.keys: list[dict[str, Any]] = []
        self.behaviour = Behaviour()
        self.paths: list[str] = []

    def publish(self, *keys: SigningKey | dict[str, Any]) -> None:
        """Publish these keys and no others; behave well from now on."""
        self.keys = [k.jwk() if isinstance(k, SigningKey) else k for k in keys]
        self.behaviour = Behaviour()

    @property
    def body(self) -> bytes:
        """What is answered."""
        if self.behaviour.body is not None:
            return self.behaviour.body
        return json.dumps({"keys": self.keys}).encode()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[LocalIssuer, Path]]:
    """Serve an issuer on a free port; yields it and the authority that its certificate is from."""
    files = make_tls_files(folder)
    with served(files) as issuer:
        yield issuer, files.authority


@contextmanager
def served(files: TlsFiles, port: int = 0) -> Iterator[LocalIssuer]:
    """Serve an issuer with a certificate that stands, on a port that is chosen or free."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    issuer = LocalIssuer(server.server_port)
    server.RequestHandlerClass.issuer = issuer  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        issuer: LocalIssuer

        def handle(self) -> None:
            with suppress(OSError):  # a client that hangs up, or does not trust us
                super().handle()

        def do_GET(self) -> None:
            self.issuer.paths.append(self.path)
            how, body = self.issuer.behaviour, self.issuer.body
            time.sleep(how.delay)
            self.send_response(how.status)
            for name, value in ({"Content-Length": str(len(body))} | how.headers).items():
                self.send_header(name, value)
            self.end_headers()
            if not how.drip:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.2)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
