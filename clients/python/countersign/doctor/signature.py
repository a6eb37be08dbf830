"""Diagnoses of a signature: each compares what was signed, what was sent, and what is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from countersign.doctor.canonical import METHOD, PATH, QUERY, compare, scope
from countersign.doctor.finding import Finding
from countersign.flavours.clock import read_date
from countersign.flavours.signed import SERVICE

if TYPE_CHECKING:
    from countersign.doctor.exchange import Exchange

WINDOW = timedelta(minutes=5)
"""How far from the service's time a signature's may be (AWS)."""

_BAD_SIGNATURE = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch"})
_UNKNOWN_KEY = frozenset({"UnrecognizedClientException", "InvalidClientTokenId"})
_EXPIRED = frozenset({"ExpiredTokenException", "ExpiredToken"})


def unsigned(exchange: Exchange) -> Finding | None:
    """Find that no signature came to a door that wants one."""
    if exchange.door != "signed" or scope(exchange.sent) is not None:
        return None
    return Finding(
        "unsigned",
        "The call reached the signed door without a signature (no AWS4-HMAC-SHA256 Authorization).",
        "Sign it with a registered role's credentials; keys and tokens go to the token door.",
    )


def clock(exchange: Exchange) -> Finding | None:
    """Find that the signature's time is not the service's."""
    signed_at = _signed_at(exchange)
    theirs = read_date(exchange.headers.get("date"))
    if signed_at is None or theirs is None or abs(theirs - signed_at) < WINDOW:
        return None
    off = signed_at - theirs
    side = "ahead of" if off > timedelta() else "behind"
    minutes = round(abs(off) / timedelta(minutes=1))
    return Finding(
        "clock",
        f"The signature's time is {minutes} minutes {side} the service's; five are allowed.",
        "Set this machine's clock. The client itself does so for its calls, once, from `Date`.",
    )


def region(exchange: Exchange) -> Finding | None:
    """Find that it was signed for another region than the API's."""
    made, wanted = scope(exchange.sent), exchange.expected.region
    if made is None or not wanted or made.region == wanted:
        return None
    return Finding(
        "region",
        f"Signed for region {made.region or '(none)'}, but the API is in {wanted}.",
        f"Give --region {wanted} (Target.region): the signer's region is the API's, not one's own.",
    )


def service(exchange: Exchange) -> Finding | None:
    """Find that it was signed for another service than API Gateway."""
    made = scope(exchange.sent)
    if made is None or made.service == SERVICE:
        return None
    return Finding(
        "service",
        f"Signed for service {made.service or '(none)'}, but API Gateway is called {SERVICE}.",
        f"Set the signer's service to {SERVICE}, not apigateway, lambda or iam.",
    )


def host(exchange: Exchange) -> Finding | None:
    """Find that the Host that was signed is not the one sent, or not the API's."""
    made = scope(exchange.sent)
    if made is None:
        return None
    signed, sent, wanted = exchange.proven.host, exchange.sent.host, exchange.expected.host
    if signed != sent:
        return Finding(
            "host",
            f"Signed for host {signed}, but sent with Host {sent}.",
            "Sign for the name under which the API is called; let no proxy rewrite Host.",
        )
    if wanted and sent != wanted:
        return Finding(
            "host",
            f"Signed for and sent to host {sent}, but the door is at {wanted}.",
            "Call the deployment's own URL (the output SignedUrl).",
        )
    return None


def stage(exchange: Exchange) -> Finding | None:
    """Find that the path does not begin with the stage, which is the door's name."""
    if f"/{exchange.door}/" in exchange.sent.path.partition("/v1/")[0] + "/":
        return None
    return Finding(
        "stage",
        f"The path {exchange.sent.path} lacks the stage /{exchange.door} before /v1.",
        f"End the URL with /{exchange.door}, as the stack's output does; the stage is signed too. "
        "(A custom domain may map it away; then this is no fault.)",
        certain=exchange.refused and bool(exchange.expected.api),
    )


def body(exchange: Exchange) -> Finding | None:
    """Find that the body was changed after it was signed."""
    found = compare(exchange)
    if found is None or found.signed[-1] == found.sent[-1]:
        return None
    return Finding(
        "body",
        f"The body was changed after signing: {len(exchange.proven.body)} bytes were signed, "
        f"{len(exchange.sent.body)} sent, and their SHA-256 differ.",
        "Sign last. Serialise once, and let no middleware encode, compress or re-format the body.",
    )


def line(exchange: Exchange) -> Finding | None:
    """Find that method, path or query is canonically another one than what was signed."""
    found = compare(exchange)
    for number, name in ((METHOD, "method"), (PATH, "path"), (QUERY, "query")):
        if found is not None and number in found.parts:
            return Finding(
                name,
                f"The {name} that was signed is not the one sent: "
                f"{found.signed[number]!r}, then {found.sent[number]!r}.",
                "Percent-encode once, before signing, in UTF-8 (a space is %20, a slash in a name "
                "%2F), and send exactly that. The query's order is free, its encoding is not.",
            )
    return None


def header(exchange: Exchange) -> Finding | None:
    """Find that a signed header was changed or lost on its way out."""
    made = scope(exchange.proven)
    for name in made.headers if made else ():
        signed, sent = exchange.proven.headers.get(name), exchange.sent.headers.get(name)
        if name != "host" and signed != sent:
            return Finding(
                "header",
                f"The signed header {name} was {'lost' if sent is None else 'changed'}.",
                "Set every header before signing; let no proxy or middleware rewrite it.",
            )
    return None


def plus(exchange: Exchange) -> Finding | None:
    """Find a bare plus in the query: a space to some, a plus to others."""
    if not exchange.refused or scope(exchange.sent) is None or "+" not in exchange.sent.query:
        return None
    return Finding(
        "query",
        "The query holds a bare +, which signers read as a space or as a plus.",
        "Write %20 for a space and %2B for a plus.",
        certain=False,
    )


def expired(exchange: Exchange) -> Finding | None:
    """Find that the session that signs has ended."""
    if exchange.kind not in _EXPIRED and exchange.code != "expired_token":
        return None
    return Finding(
        "expired",
        "The temporary credentials that signed have ended.",
        "Fetch new ones (assume the role again, or POST /v1/credentials). Vended ones last 15 "
        "minutes; `countersign.vended` renews them.",
    )


def unknown_access_key(exchange: Exchange) -> Finding | None:
    """Find that AWS does not know the access key, or not with this session token."""
    if exchange.kind not in _UNKNOWN_KEY:
        return None
    made = scope(exchange.sent)
    has_token = "x-amz-security-token" in exchange.sent.headers
    return Finding(
        "access_key",
        f"AWS does not know the access key {made.access_key if made else ''}"
        f"{' together with its session token' if has_token else ', sent without a session token'}.",
        "Use the three parts of one and the same set of credentials; a key that begins with ASIA "
        "needs its session token.",
    )


def secret(exchange: Exchange) -> Finding | None:
    """Find that what was sent is what was signed, and still the signature does not match."""
    if exchange.kind not in _BAD_SIGNATURE and exchange.code != "invalid_signature":
        return None
    made, found = scope(exchange.sent), compare(exchange)
    if made is None or found is None or found.parts:
        return None
    if any(check(exchange) for check in (clock, region, service, host)):
        return None
    unsure = "" if exchange.expected.region else f", or the API is not in {made.region}"
    return Finding(
        "secret",
        "What was sent is what was signed, and the service computes another signature: the secret "
        f"does not belong to the access key {made.access_key}{unsure}.",
        "Copy secret and access key again, whole, from one place. If they are right, something "
        "between here and AWS changes the call: compare the canonical request with API Gateway's "
        "execution log.",
        certain=not unsure,
    )


def _signed_at(exchange: Exchange) -> datetime | None:
    stamp = exchange.sent.headers.get("x-amz-date", "")
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%S%z") if scope(exchange.sent) else None
    except ValueError:
        return None
