"""From a bearer token to what it proves: the steps of RFC 7519 section 7.2, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access import claims, token
from core.access.jwk import check_key
from core.tokens.keys import IssuerKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.access.issuer import Issuer
    from core.clock import Clock


class TokenVerifier:
    """Verifies access tokens of the issuers that `issuers` knows by their exact `iss`."""

    def __init__(
        self,
        issuers: Callable[[str], Issuer | None],
        fetch: Callable[[str], bytes],
        clock: Clock,
    ) -> None:
        """Keep the parts; `fetch` is `core.tokens.download.download`."""
        self._issuers = issuers
        self._keys = IssuerKeys(fetch, clock)
        self._clock = clock

    def verify(self, text: str) -> token.Verified:
        """Return what the token proves.

        `TokenRefused` (401) when it proves nothing, `KeysUnavailable` (500) when its issuer's keys
        cannot be had. Nothing that the token says is acted on before it was vouched for, but for
        its issuer's name and its key's, each only looked up in what we know.
        """
        read = token.read(text)
        issuer = self._issuers(read.issuer)
        if issuer is None:
            raise token.TokenRefused("issuer_unknown")
        token.check_header(read, issuer)
        key = self._keys.find(issuer, read.key_id)
        check_key(key, read.algorithm, read.signature)
        from core.tokens.signature import check_signature  # noqa: PLC0415 - cryptography, late

        check_signature(read, key)
        return claims.verified(read.claims, issuer, self._clock.now())
