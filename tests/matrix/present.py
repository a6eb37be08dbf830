"""How each way of the matrix is really gone: a request for a route, prepared and then spoilt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests
from botocore.credentials import Credentials

from tests.e2e.door import signature
from tests.matrix.deployment import OTHER, PORTALS, PORTALS_WITHOUT, TENANT
from tests.matrix.routes import HUBSPOT, SIGNED, TOKEN
from tests.matrix.tokens import ATTACKS, BOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.matrix.desk import Desk
    from tests.matrix.routes import Row

    Present = Callable[[Desk, Row], requests.PreparedRequest]

API_KEY = "X-API-Key"
ELSEWHERE = "/v1/stock/ELSEWHERE"
_WEBHOOK = b'[{"eventId":1,"subscriptionType":"object.creation","objectTypeId":"0-1","objectId":7}]'


def request(
    desk: Desk, door: str, row: Row, headers: Mapping[str, str] | None = None, **more: object
) -> requests.PreparedRequest:
    """Prepare a call of the route at a door."""
    sent = {"Content-Type": "application/json", "Idempotency-Key": "matrix", **(headers or {})}
    body = _body(row) if door == HUBSPOT else row.body and json.dumps(row.body)
    data = "{}" if row.body == {} else body
    url = desk.url(door) + quote(str(more.get("path", row.call)), safe="/")
    url += str(more.get("query", ""))
    made = requests.Request(row.method, url, headers=sent, data=data, auth=more.get("auth"))
    return made.prepare()


def _signed(
    credentials: Callable[[Desk, Row], Credentials],
    headers: Mapping[str, str] | None = None,
    spoil: Callable[[Desk, Row, requests.PreparedRequest], None] | None = None,
    door: str = SIGNED,
    **more: object,
) -> Present:
    def present(desk: Desk, row: Row) -> requests.PreparedRequest:
        auth = signature(credentials(desk, row))
        made = request(desk, door, row, headers, auth=auth, **more)
        if spoil is not None:
            spoil(desk, row, made)
        return made

    return present


def _role(desk: Desk, _: Row) -> Credentials:
    return desk.role


def _dated(minutes: int) -> Present:
    def present(desk: Desk, row: Row) -> requests.PreparedRequest:
        when = datetime.now(UTC) + timedelta(minutes=minutes)
        return _signed(_role, {"X-Amz-Date": f"{when:%Y%m%dT%H%M%SZ}"})(desk, row)

    return present


def _forged(secret: bool) -> Callable[[Desk, Row], Credentials]:  # noqa: FBT001 - which half is forged
    def made(desk: Desk, _: Row) -> Credentials:
        own = desk.role
        if secret:
            return Credentials(own.access_key, "x" * 40, own.token)
        return Credentials(own.access_key, own.secret_key, str(own.token)[::-1])

    return made


def _to_the_route(desk: Desk, row: Row, made: requests.PreparedRequest) -> None:
    made.url = desk.url(SIGNED) + row.call


def _longer(_: Desk, __: Row, made: requests.PreparedRequest) -> None:
    made.url = f"{made.url}?limit=1"


def _other_header(_: Desk, __: Row, made: requests.PreparedRequest) -> None:
    made.headers["Content-Type"] = "text/plain"


def _with(headers: Callable[[Desk, Row], Mapping[str, str]], door: str = TOKEN) -> Present:
    return lambda desk, row: request(desk, door, row, headers(desk, row))


def _beside(credentials: Callable[[Desk, Row], Credentials], key: str) -> Present:
    def present(desk: Desk, row: Row) -> requests.PreparedRequest:
        text = desk.keys_without.get(row.scope, "") if key == "without" else desk.keys[key]
        return _signed(credentials, {API_KEY: text})(desk, row)

    return present


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _scopes(row: Row, *, without: bool = False) -> str:
    names = [
        *("stock:read", "stock:write", "reservations:read", "reservations:write"),
        *("orders:read", "orders:place", "orders:manage", "keys:manage", "credentials:vend"),
        *("customers:read", "customers:contact", "customers:write", "consents:write"),
        *("customers:bind", "customers:own", "orders:own"),
    ]
    return " ".join(n for n in names if not without or n != row.scope)


def _jwt(desk: Desk, row: Row) -> dict[str, str]:
    return _bearer(desk.mint.good(_scopes(row)))


def _user(name: str) -> Callable[[Desk, Row], dict[str, str]]:
    def headers(desk: Desk, _: Row) -> dict[str, str]:
        subject = {} if name == "client" else {"sub": name}
        return _bearer(desk.mint.good("customers:own orders:own", **subject))

    return headers


def _attack(name: str) -> Present:
    made = ATTACKS[name]
    return _with(lambda desk, row: _bearer(made(desk.mint, _scopes(row))))


def _both(key: str) -> Present:
    def headers(desk: Desk, row: Row) -> dict[str, str]:
        text = desk.keys_without.get(row.scope, "") if key == "without" else desk.keys[key]
        return {**_jwt(desk, row), API_KEY: text}

    return _with(headers)


def _body(row: Row) -> bytes:
    return b"" if row.scope else _WEBHOOK


def _as_user(portal: str) -> str:
    """Return what HubSpot appends to a URL that a user's extension calls."""
    return f"?portalId={portal}&userId=7&userEmail=ada%40example.com&appId=1"


def _hubspot(
    *,
    key: str | None = None,
    age: float = 0,
    body: bytes | None = None,
    stamp: str = "ms",
    portal: Callable[[Row], str] = lambda _: PORTALS[TENANT],
    sent: str | None = None,
) -> Present:
    """Sign as HubSpot does; `sent` is the query that goes out in place of the signed one."""

    def present(desk: Desk, row: Row) -> requests.PreparedRequest:
        milliseconds = int((time.time() - age) * 1000)
        timestamp = str(milliseconds if stamp == "ms" else milliseconds // 1000)
        query = _as_user(portal(row)) if row.scope or sent is not None else ""
        source = row.method + desk.url(HUBSPOT) + row.call + query.replace("%40", "@")
        whole = source.encode() + (_body(row) if body is None else body) + timestamp.encode()
        secret = (key or desk.system.portal.client_secret).encode()
        made = base64.b64encode(hmac.new(secret, whole, hashlib.sha256).digest()).decode()
        headers = {"X-HubSpot-Request-Timestamp": timestamp, "X-HubSpot-Signature-v3": made}
        return request(desk, HUBSPOT, row, headers, query=query if sent is None else sent)

    return present


def _old_signature(desk: Desk, _: Row) -> dict[str, str]:
    source = desk.system.portal.client_secret.encode() + _WEBHOOK
    return {
        "X-HubSpot-Signature": hashlib.sha256(source).hexdigest(),
        "X-HubSpot-Signature-Version": "v1",
    }


def _nothing(door: str) -> Present:
    return _with(lambda _, __: {}, door)


def _key(name: str, door: str = TOKEN) -> Present:
    return _with(lambda desk, _: {API_KEY: desk.keys[name]}, door)


PRESENT: dict[tuple[str, str], Present] = {
    (SIGNED, "nobody"): _nothing(SIGNED),
    (SIGNED, "role"): _signed(_role),
    (SIGNED, "role: scope cut"): _signed(lambda d, r: d.roles_without.get(r.scope, d.role)),
    (SIGNED, "role: not registered"): _signed(lambda d, _: d.stranger),
    (SIGNED, "role: wrong secret"): _signed(_forged(secret=True)),
    (SIGNED, "role: wrong session token"): _signed(_forged(secret=False)),
    (SIGNED, "role: signed 20 minutes ago"): _dated(-20),
    (SIGNED, "role: signed for in 20 minutes"): _dated(20),
    (SIGNED, "role: path changed"): _signed(_role, spoil=_to_the_route, path=ELSEWHERE),
    (SIGNED, "role: query added"): _signed(_role, spoil=_longer),
    (SIGNED, "role: header changed"): _signed(_role, spoil=_other_header),
    (SIGNED, "role: wrong tenant"): _signed(_role, {"Countersign-Tenant": "matrix2"}),
    (SIGNED, "role: a user, not a role"): _signed(lambda d, _: d.user),
    (SIGNED, "jwt: at the signed door"): _with(_jwt, SIGNED),
    (SIGNED, "key: alone at the signed door"): _key("good", SIGNED),
    (SIGNED, "session"): _signed(lambda d, _: d.session),
    (SIGNED, "session: scope cut"): _signed(
        lambda d, r: d.sessions_without.get(r.scope, d.session)
    ),
    (SIGNED, "session: of a revoked key"): _signed(lambda d, _: d.doomed_session),
    (SIGNED, "session: wrong tenant"): _signed(
        lambda d, _: d.session, {"Countersign-Tenant": "matrix2"}
    ),
    (SIGNED, "role + key"): _beside(_role, "good"),
    (SIGNED, "session + key"): _beside(lambda d, _: d.session, "good"),
    (SIGNED, "session + its own key"): _beside(lambda d, _: d.session, "vending"),
    (SIGNED, "session + its own key rotated"): _beside(lambda d, _: d.session, "rotated"),
    (SIGNED, "role + key without the scope"): _beside(_role, "without"),
    (SIGNED, "role + key of another tenant"): _beside(_role, "other tenant"),
    (SIGNED, "role + revoked key"): _beside(_role, "revoked"),
    (SIGNED, "role + mistyped key"): _beside(_role, "mistyped"),
    (TOKEN, "nobody"): _nothing(TOKEN),
    (TOKEN, "key"): _key("good"),
    (TOKEN, "key: scope cut"): _with(lambda d, r: {API_KEY: d.keys_without.get(r.scope, "")}),
    (TOKEN, "key: mistyped"): _key("mistyped"),
    (TOKEN, "key: wrong secret"): _key("wrong secret"),
    (TOKEN, "key: expired"): _key("expired"),
    (TOKEN, "key: revoked"): _key("revoked"),
    (TOKEN, "key: from another network"): _key("from another network"),
    (TOKEN, "key: before an incident"): _key("before an incident"),
    (TOKEN, "role: signed at the token door"): _signed(_role, door=TOKEN),
    (TOKEN, "jwt"): _with(_jwt),
    (TOKEN, "jwt: scope cut"): _with(lambda d, r: _bearer(d.mint.good(_scopes(r, without=True)))),
    (TOKEN, "jwt: wrong tenant"): _with(
        lambda d, r: _bearer(d.mint.good(_scopes(r), tenant="matrix2"))
    ),
    **{(TOKEN, f"jwt: {name}"): _attack(name) for name in ATTACKS},
    (TOKEN, "user"): _with(_user(BOUND)),
    (TOKEN, "user: bound to nobody"): _with(_user("nobody")),
    (TOKEN, "user: the client itself"): _with(_user("client")),
    (TOKEN, "user + key"): _with(lambda d, r: {**_user(BOUND)(d, r), API_KEY: d.keys["good"]}),
    (TOKEN, "jwt + key"): _both("good"),
    (TOKEN, "jwt + key without the scope"): _both("without"),
    (TOKEN, "jwt + key of another tenant"): _both("other tenant"),
    (TOKEN, "jwt + revoked key"): _both("revoked"),
    (TOKEN, "jwt + key: alg none"): _with(
        lambda d, r: {
            **_bearer(ATTACKS["alg none"](d.mint, _scopes(r))),
            API_KEY: d.keys["good"],
        }
    ),
    (HUBSPOT, "nobody"): _nothing(HUBSPOT),
    (HUBSPOT, "signature"): _hubspot(),
    (HUBSPOT, "signature: wrong secret"): _hubspot(key="another"),
    (HUBSPOT, "signature: body changed"): _hubspot(body=b"[1]"),
    (HUBSPOT, "signature: six minutes old"): _hubspot(age=360),
    (HUBSPOT, "signature: six minutes ahead"): _hubspot(age=-360),
    (HUBSPOT, "signature: timestamp in seconds"): _hubspot(stamp="s"),
    (HUBSPOT, "signature: v1 only"): _with(_old_signature, HUBSPOT),
    (HUBSPOT, "signature: portal changed"): _hubspot(sent=_as_user(PORTALS[OTHER])),
    (HUBSPOT, "signature: portal named twice"): _hubspot(
        sent=f"{_as_user(PORTALS[TENANT])}&portalId={PORTALS[OTHER]}"
    ),
    (HUBSPOT, "signature: scope cut"): _hubspot(
        portal=lambda row: PORTALS_WITHOUT.get(row.scope, "999")
    ),
    (HUBSPOT, "signature: portal of nobody"): _hubspot(portal=lambda _: "999"),
    (HUBSPOT, "signature: not ASCII"): _with(
        lambda _, __: {
            "X-HubSpot-Request-Timestamp": str(int(time.time() * 1000)),
            "X-HubSpot-Signature-v3": "\u00e9" * 44,
        },
        HUBSPOT,
    ),
    (HUBSPOT, "role: signed at the hubspot door"): _signed(_role, door=HUBSPOT),
    (HUBSPOT, "key: at the hubspot door"): _key("good", HUBSPOT),
}
"""(door, way) → how it is gone. What only a policy evaluation can show is missing here."""
