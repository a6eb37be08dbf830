"""What a vended session can do at the signed door: its scopes' routes, route by route."""

from __future__ import annotations

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from core.access.scopes import VENDABLE
from core.access.session import session_name
from core.routes import Assurance, Door, live_at
from tests.e2e.door import assert_denied_by_iam, assert_problem
from tests.e2e.probe import borrowed

if TYPE_CHECKING:
    import requests
    from botocore.credentials import Credentials

    from core.routes import Route
    from local.system import System
    from tests.e2e.door import SignedDoor
    from tests.e2e.keys import Keys, MadeKey
    from tests.e2e.token_door import TokenDoor
    from tests.e2e.tokens import Tokens

SIGNED = live_at(Door.SIGNED)
AT_ONCE = 2


@pytest.fixture(scope="module")
def vending(keys: Keys) -> MadeKey:
    """Return a key as a HubSpot function holds it: it may do nothing but vend."""
    return keys.make("functions", "credentials:vend", vends=tuple(sorted(VENDABLE)))


def called(door: SignedDoor, route: Route, credentials: Credentials) -> requests.Response:
    """Call a route with parameters that lead nowhere and, where it takes one, an empty body."""
    path = re.sub(r"\{\w+\}", "01m806gq69ytrbhb27yd9exy9b", route.path)
    body: object = {} if route.method in {"POST", "PUT"} else None
    key = {"Idempotency-Key": str(uuid.uuid4())}
    return door.call(route.method, path, body, credentials=credentials, headers=key)


def all_called(door: SignedDoor, credentials: Credentials) -> dict[str, requests.Response]:
    """Call every route of the signed door."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = threads.map(lambda route: called(door, route, credentials), SIGNED)
        return dict(zip((r.name for r in SIGNED), answers, strict=True))


@pytest.mark.parametrize("scope", sorted(VENDABLE))
def test_a_session_does_its_scopes_routes_and_nothing_else(
    scope: str, door: SignedDoor, token_door: TokenDoor, vending: MadeKey
) -> None:
    """Every other route is refused by IAM itself, before any function of ours is asked.

    A route of the scope lets the call through to be judged; one that wants two proofs gets none
    but the session's, so there the handler refuses, as where the scope only widens answers.
    """
    vended = token_door.vend(scope, key=vending.text)
    assert vended.answer["scopes"] == [scope]
    answers = all_called(door, vended.credentials)
    for route in SIGNED:
        answer = answers[route.name]
        if scope not in {route.scope, *route.widened_by}:
            assert_denied_by_iam(answer)
        elif route.scope != scope or route.assurance is Assurance.LAYERED:
            assert_problem(answer, 403, "forbidden")
        else:
            assert answer.status_code in {200, 400, 404}, (route.name, answer.text)


def test_credentials_are_as_promised(
    system: System, token_door: TokenDoor, vending: MadeKey
) -> None:
    """Fifteen minutes, all that the key vends, where to call and for which region; kept nowhere."""
    answer = token_door.call("POST", "/v1/credentials", key=vending.text)
    body = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["scopes"] == sorted(VENDABLE)
    assert (body["url"], body["region"]) == (system.outputs.signed_url, system.outputs.region)


def test_a_session_cannot_outdo_its_credential_even_without_a_policy(
    system: System, door: SignedDoor, keys: Keys
) -> None:
    """The handler's word is its own: were the session policy left out, the key would still bind.

    The vending function's role is borrowed to assume the vended role with no session policy at all,
    so IAM allows every route.
    """
    key = keys.make("narrow", "credentials:vend", vends=("stock:read",))
    name = str(session_name("main", key.id, _now()))
    whole = borrowed(system, "CredentialsApi", system.outputs.vended_role_arn, name)
    answers = all_called(door, whole)
    for route in SIGNED:
        if route.scope == "stock:read":
            assert answers[route.name].status_code in {200, 404}, answers[route.name].text
        else:
            assert_problem(answers[route.name], 403, "forbidden")


def test_a_name_leads_only_to_what_it_names(system: System, door: SignedDoor) -> None:
    """Names of no credential, of another tenant's, or of a far-off time open nothing."""
    unknown = "01m806gq69ytrbhb27yd9exy9b"
    names = [
        str(session_name("main", unknown, _now())),
        str(session_name("second", unknown, _now())),
        "cs1.nonsense",
    ]
    for name in names:
        session = borrowed(system, "CredentialsApi", system.outputs.vended_role_arn, name)
        answer = door.call("GET", "/v1/stock", credentials=session)
        assert_problem(answer, 403, "forbidden")


def test_more_than_the_key_vends_is_refused_not_narrowed(token_door: TokenDoor, keys: Keys) -> None:
    """Asked for two scopes with one of them not held, no session comes of it."""
    key = keys.make("narrow too", "credentials:vend", vends=("stock:read",))
    body = {"scopes": ["stock:read", "orders:place"]}
    assert_problem(token_door.call("POST", "/v1/credentials", body, key=key.text), 403)
    body = {"scopes": ["credentials:vend"]}
    assert_problem(token_door.call("POST", "/v1/credentials", body, key=key.text), 422)


def test_a_key_that_may_not_vend_vends_nothing(token_door: TokenDoor, keys: Keys) -> None:
    """Vending is a scope like any other; and vend-only keys do nothing else."""
    reader = keys.make("reader too", "stock:read")
    assert_problem(token_door.call("POST", "/v1/credentials", key=reader.text), 403)
    only = keys.make("vends only", "credentials:vend", vends=("stock:read",))
    assert_problem(token_door.call("GET", "/v1/stock", key=only.text), 403, "forbidden")


def test_a_key_vends_so_often_and_no_more(token_door: TokenDoor, keys: Keys) -> None:
    """After the deployment's thirty a minute it is told to wait; another key is not."""
    busy = keys.make("busy", "credentials:vend", vends=("stock:read",))
    answers = [token_door.call("POST", "/v1/credentials", key=busy.text) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {201}
    for _ in range(30):  # the thirty took some seconds, in which some more were granted
        if (last := token_door.call("POST", "/v1/credentials", key=busy.text)).status_code != 201:
            break
    assert_problem(last, 429, "too_many_requests")
    assert int(last.headers["Retry-After"]) >= 1
    calm = keys.make("calm", "credentials:vend", vends=("stock:read",))
    assert token_door.vend(key=calm.text).answer["scopes"] == ["stock:read"]


def test_a_client_of_an_issuer_vends_what_is_declared(
    token_door: TokenDoor, door: SignedDoor, tokens: Tokens
) -> None:
    """A client-credentials token gets sessions too, of what the deployment says of its client."""
    vended = token_door.vend(token=tokens.make("credentials:vend"))
    assert vended.answer["scopes"] == ["stock:read"]
    answer = door.call("GET", "/v1/stock", credentials=vended.credentials)
    assert answer.status_code == 200, answer.text
    assert_denied_by_iam(door.call("GET", "/v1/orders", credentials=vended.credentials))


def test_a_users_token_vends_nothing(token_door: TokenDoor, tokens: Tokens) -> None:
    """A person behind a portal is not the portal: sessions are for the client itself."""
    token = tokens.make("credentials:vend", sub="ada")
    assert_problem(token_door.call("POST", "/v1/credentials", token=token), 403, "forbidden")


def test_a_session_opens_nothing_else_of_aws(
    system: System, token_door: TokenDoor, vending: MadeKey
) -> None:
    """Beyond the signed door its credentials are worth nothing: no table, no role, no function."""
    given = token_door.vend(key=vending.text).credentials
    session: Any = system.endpoint.session()
    for service, operation in (
        ("dynamodb", "list_tables"),
        ("lambda", "list_functions"),
        ("secretsmanager", "list_secrets"),
    ):
        client = session.client(
            service,
            aws_access_key_id=given.access_key,
            aws_secret_access_key=given.secret_key,
            aws_session_token=given.token,
        )
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(client, operation)()


def _now() -> int:
    return int(time.time())
