"""The one place where a signature is checked: PyJWT, over the `cryptography` library.

Nothing else imports either, and this module is imported when the first token is to be verified:
together they take longer to load than everything else that a door needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jwt.algorithms import OKPAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidSignatureError, PyJWTError

from core.access.token import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.access.token import Unverified


def check_signature(token: Unverified, jwk: Mapping[str, Any]) -> None:
    """Refuse a token whose signature was not made with that key by the algorithm it names.

    The algorithm comes from the issuer's allow-list by now, and the key fits it
    (`core.access.jwk`). PyJWT reads the token once more: whatever it finds wrong refuses it too.
    """
    verifier = PyJWS([token.algorithm], {"enforce_minimum_key_length": True})
    if token.algorithm == "Ed25519":  # RFC 9864's name for it, which PyJWT does not know yet
        verifier.register_algorithm("Ed25519", OKPAlgorithm())
    try:
        key = verifier.get_algorithm_by_name(token.algorithm).from_jwk(dict(jwk))
        verifier.decode_complete(token.text, key, [token.algorithm])
    except InvalidSignatureError as error:
        raise TokenRefused("signature_wrong") from error
    except (PyJWTError, ValueError, TypeError, NotImplementedError) as error:
        # ValueError: numbers that are no key, such as a point that is not on its curve
        raise TokenRefused("key_not_fit", type(error).__name__) from error
