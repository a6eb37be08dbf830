"""Who may issue tokens for us, and the most that each issuer's tokens can say.

An issuer is configuration, never something that a token brings with it. Whatever it signs stays
within the bounds that stand here: its algorithms, audiences, tenants, scopes and lifetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.access.scopes import SCOPES, VENDABLE
from core.access.session import CREDENTIAL
from core.ids import TENANT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
    | {"EdDSA", "Ed25519"}
)
"""What can be allowed at all: asymmetric signatures of RFC 7518, RFC 8037 and RFC 9864."""

ACCESS_TOKENS = frozenset({"jwt", "at+jwt"})
"""`typ` of an access token (RFC 9068, and what issuers wrote before it), in lower case."""

MAX_LEEWAY_SECONDS = 60
LONGEST_LIFETIME_SECONDS = 86_400
MAX_TEXT = 512

_SETS = ("algorithms", "audiences", "tenants", "scopes", "token_types")
_NUMBERS = ("max_lifetime_seconds", "leeway_seconds")
_CLAIMS = ("audience_claim", "scope_claim", "client_claim", "subject_claim")


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer of access tokens. ValueError, with every mistake, when it cannot be one.

    `id` is the exact `iss`. The tenant is a fixed one (`tenant`), or a claim says it
    (`tenant_claim`), or it is the client's (`client_tenants`); `tenants` bounds all three.
    `audience_claim` is `client_id` for Amazon Cognito, whose access tokens carry no `aud`. Of the
    scopes in `scope_claim` (a string with spaces, or an array) those count that begin with
    `scope_prefix`, less the prefix, and are among `scopes`. `client_fallback` names a second claim
    for the client (`azp`), none by default. `required` are claims with the one value that each
    must have. `clients` maps a client's id to what sessions vended for it may do. A token may lack
    `typ` only if `token_types` has "".
    """

    id: str
    jwks_url: str
    algorithms: frozenset[str]
    audiences: frozenset[str]
    tenants: frozenset[str]
    scopes: frozenset[str]
    tenant: str | None = None
    tenant_claim: str | None = None
    audience_claim: str = "aud"
    scope_claim: str = "scope"
    scope_prefix: str = ""
    client_claim: str = "client_id"
    client_fallback: str = ""
    subject_claim: str = "sub"
    required: Mapping[str, str] = field(default_factory=dict)
    token_types: frozenset[str] = ACCESS_TOKENS
    max_lifetime_seconds: int = 3600
    leeway_seconds: int = 30
    clients: Mapping[str, frozenset[str]] = field(default_factory=dict)
    client_tenants: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an issuer whose bounds are not bounds."""
        wrong = [*_names(self), *_bounds(self), *_whom(self), *_vending(self)]
        if wrong:
            raise ValueError("; ".join(wrong))

    def tenants_of(self, client: str) -> frozenset[str]:
        """Return the tenants for which a client's tokens can speak."""
        if self.client_tenants:
            return frozenset({self.client_tenants[client]} if client in self.client_tenants else ())
        return self.tenants


def parse_issuer(values: Mapping[str, Any]) -> Issuer:
    """Build an issuer from plain JSON values named as its fields; ValueError tells every mistake.

    `clients` is a list of `{"id", "vends", "tenant"}`, the last two optional. Numbers may be
    strings of digits, since CloudFormation turns every scalar into a string. `tenants` may be left
    out when `tenant` is fixed.
    """
    known = {f.name for f in fields(Issuer)} - {"client_tenants"}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(unknown)}")
    made = dict(values)
    if made.get("tenant") is not None:
        made.setdefault("tenants", [made["tenant"]])
    try:
        for name in set(_SETS) & set(made):
            made[name] = _strings(name, made[name])
        for name in set(_NUMBERS) & set(made):
            made[name] = _whole(name, made[name])
        clients = _by_id(made.pop("clients", []))
        made["clients"] = {c: _strings("vends", v.get("vends", [])) for c, v in clients.items()}
        made["client_tenants"] = {c: v["tenant"] for c, v in clients.items() if "tenant" in v}
        return Issuer(**made)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"malformed: {error}") from error


def plain(issuer: Issuer) -> dict[str, Any]:
    """Write an issuer as the plain values that `parse_issuer` reads, lists sorted, no nulls."""
    values = {f.name: getattr(issuer, f.name) for f in fields(Issuer)}
    values |= {name: sorted(values[name]) for name in _SETS}
    tenants = values.pop("client_tenants")
    values["clients"] = [
        {"id": client, "vends": sorted(vends)}
        | ({"tenant": tenants[client]} if client in tenants else {})
        for client, vends in sorted(issuer.clients.items())
    ]
    values["required"] = dict(issuer.required)
    return {name: value for name, value in values.items() if value is not None}


def _by_id(clients: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found = {client["id"]: client for client in clients}
    if len(found) < len(clients):
        raise TypeError("a client stands there twice")
    return found


def _strings(name: str, value: object) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError(f"{name} is a list of strings")
    return frozenset(value)


def _whole(name: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is a whole number")
    return value


def is_text(value: object, longest: int = MAX_TEXT) -> bool:
    """Return whether a value is a string of 1 to `longest` printable characters."""
    return isinstance(value, str) and 1 <= len(value) <= longest and value.isprintable()


def _names(issuer: Issuer) -> Iterator[str]:
    if not is_text(issuer.id) or " " in issuer.id:
        yield f"id {issuer.id!r}: the exact iss of its tokens"
    if not _https(issuer.jwks_url):
        yield f"jwks_url {issuer.jwks_url!r}: https://host/path, no user, no fragment"
    for name in _CLAIMS:
        if not is_text(getattr(issuer, name)):
            yield f"{name}: the name of a claim"
    for name in ("scope_prefix", "client_fallback"):
        if getattr(issuer, name) != "" and not is_text(getattr(issuer, name)):
            yield f"{name}: a string"
    if not all(is_text(part) for pair in issuer.required.items() for part in pair):
        yield "required: names of claims with a string for each"


def _https(url: object) -> bool:
    if not is_text(url) or not isinstance(url, str) or not url.isascii() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port_fits = parts.port != 0
    except ValueError:
        return False
    whole = bool(parts.hostname) and not parts.fragment and "@" not in parts.netloc
    return parts.scheme == "https" and whole and port_fits


def _bounds(issuer: Issuer) -> Iterator[str]:
    if not issuer.algorithms or issuer.algorithms - ALGORITHMS:
        yield f"algorithms: some of {', '.join(sorted(ALGORITHMS))}"
    if not issuer.audiences or not all(is_text(a) for a in issuer.audiences):
        yield "audiences: at least one string"
    if not 1 <= issuer.max_lifetime_seconds <= LONGEST_LIFETIME_SECONDS:
        yield f"max_lifetime_seconds: 1 to {LONGEST_LIFETIME_SECONDS}"
    if not 0 <= issuer.leeway_seconds <= MAX_LEEWAY_SECONDS:
        yield f"leeway_seconds: 0 to {MAX_LEEWAY_SECONDS}"
    types = issuer.token_types
    if not types or not all(t == "" or (is_text(t) and _normal(t)) for t in types):
        yield "token_types: values of typ in lower case, without application/"


def _normal(token_type: str) -> bool:
    return token_type == token_type.lower() and not token_type.startswith("application/")


def _whom(issuer: Issuer) -> Iterator[str]:
    ways = (issuer.tenant is not None, issuer.tenant_claim is not None, issuer.client_tenants)
    if sum(map(bool, ways)) != 1:
        yield "either tenant, or tenant_claim, or a tenant for each client"
    if not set(issuer.client_tenants.values()) <= issuer.tenants:
        yield "clients: the tenant of each among tenants"
    if issuer.tenant_claim is not None and not is_text(issuer.tenant_claim):
        yield "tenant_claim: the name of a claim"
    if issuer.tenant is not None and issuer.tenants != frozenset({issuer.tenant}):
        yield "tenants: with a fixed tenant that one alone"
    named = [t for t in issuer.tenants if isinstance(t, str) and TENANT.fullmatch(t)]
    if not issuer.tenants or len(named) < len(issuer.tenants):
        yield "tenants: at least one tenant id, and nothing else"
    if not issuer.scopes <= SCOPES:
        yield f"no scope {', '.join(sorted(map(str, issuer.scopes - SCOPES)))}"


def _vending(issuer: Issuer) -> Iterator[str]:
    for client, vends in issuer.clients.items():
        if not is_text(client):
            yield f"client {client!r}: the id of a client"
        elif vends and not CREDENTIAL.fullmatch(client):
            yield (
                f"client {client!r} cannot vend sessions: their names hold ids of up to 26 "
                "lower-case letters and digits"
            )
        unknown = vends - VENDABLE
        if unknown:
            yield f"client {client!r}: no scope {', '.join(sorted(map(str, unknown)))} in sessions"
