"""Who calls: at the signed door by one proof or two, at the token door by its authorizer's word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.access import handover
from core.access.credential import RoleGrant
from core.access.keycheck import KeyRefused
from core.access.principal import Kind, Principal
from core.access.session import session_name
from core.errors import Forbidden
from core.routes import ROUTES, Assurance, Door
from core.web.callers import who_calls
from core.web.identity import principal_of
from tests.fakes.clock import START
from tests.fakes.registry import FakeRegistry
from tests.support.credentials import make_key
from tests.support.doors import ACCOUNT, as_role, event, token_event

if TYPE_CHECKING:
    from core.access.credential import Credential

MANAGE, READ = "keys:manage", "stock:read"
LAYERED = next(r for r in ROUTES if r.assurance is Assurance.LAYERED)
FIRST = make_key("main", [MANAGE, READ], [MANAGE, READ])
ROTATED = make_key("main", [MANAGE], origin=FIRST.credential.id)
SECOND = make_key("main", [MANAGE])
FOREIGN = make_key("other", [MANAGE])


@pytest.fixture
def registry() -> FakeRegistry:
    """Return a registry of one role and the four keys."""
    made = [k.credential for k in (FIRST, ROTATED, SECOND, FOREIGN)]
    return FakeRegistry(
        roles={(ACCOUNT, "Clerk"): RoleGrant({"main": frozenset({MANAGE, READ})})},
        credentials={(c.tenant, c.id): c for c in made},
        tenants={"main", "other"},
    )


def _session(of: Credential) -> dict[str, Any]:
    name = session_name(of.tenant, of.id, START // 1000)
    return as_role("Vended", session=str(name))


def _signed(
    registry: FakeRegistry,
    *keys: str,
    identity: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Principal:
    made = event("GET", "/v1/keys", "/v1/keys", None, headers)
    made["requestContext"]["identity"] |= identity or as_role("Clerk")
    if keys:
        made["multiValueHeaders"]["x-api-KEY"] = list(keys)
    return who_calls(made, registry, "Vended", START)


def _refused(registry: FakeRegistry, *keys: str, identity: dict[str, Any] | None = None) -> str:
    with pytest.raises(KeyRefused) as caught:
        _signed(registry, *keys, identity=identity)
    return caught.value.reason


def test_one_signature_is_one_proof(registry: FakeRegistry) -> None:
    """Guarantee: SigV4 alone is good for single routes, and never for a layered one."""
    who = _signed(registry)
    assert (who.proofs, who.kind) == ((f"role/{ACCOUNT}/Clerk",), Kind.ROLE)
    with pytest.raises(Forbidden):
        who.require(LAYERED)


@pytest.mark.parametrize("identity", [as_role("Clerk"), _session(FIRST.credential)])
def test_a_signature_and_another_key_are_two(
    registry: FakeRegistry, identity: dict[str, Any]
) -> None:
    """Guarantee: role or session and a key of another origin open a layered route."""
    who = _signed(registry, SECOND.text, identity=identity)
    who.require(LAYERED)
    assert who.proofs[1] == f"key/{SECOND.credential.id}"
    assert who.scopes == {MANAGE}
    assert who.door is Door.SIGNED


@pytest.mark.parametrize("key", [FIRST, ROTATED])
def test_a_session_and_its_own_key_are_one(registry: FakeRegistry, key: Any) -> None:
    """Guarantee: the key that vended the session, and its rotations, are no second proof."""
    who = _signed(registry, key.text, identity=_session(FIRST.credential))
    with pytest.raises(Forbidden):
        who.require(LAYERED)


def test_a_second_proof_that_does_not_hold_refuses(registry: FakeRegistry) -> None:
    """Guarantee: a signature does not make up for a bad key, whatever is wrong with it."""
    assert _refused(registry, "") == "key_malformed"
    assert _refused(registry, SECOND.text[:-1]) == "key_malformed"
    assert _refused(registry, make_key("main", [MANAGE]).text) == "key_unknown"
    name = ("main", SECOND.credential.id)
    registry.credentials[name] = replace(SECOND.credential, active=False)
    assert _refused(registry, SECOND.text) == "key_revoked"
    registry.credentials[name] = replace(SECOND.credential, expires_at=START)
    assert _refused(registry, SECOND.text) == "key_expired"
    registry.credentials[name] = replace(SECOND.credential, networks=("192.0.2.0/24",))
    assert _refused(registry, SECOND.text) == "key_network"


def test_two_keys_are_too_many(registry: FakeRegistry) -> None:
    """Guarantee: a good key does not hide a bad one: the header may be sent once."""
    assert _refused(registry, FIRST.text, SECOND.text) == "key_repeated"
    assert _refused(registry, "nonsense", SECOND.text) == "key_repeated"


def test_a_second_proof_of_another_tenant_refuses(registry: FakeRegistry) -> None:
    """Guarantee: two good proofs of two tenants open nothing, not even for the first one."""
    with pytest.raises(Forbidden):
        _signed(registry, FOREIGN.text)


def test_the_signature_is_looked_at_first(registry: FakeRegistry) -> None:
    """Guarantee: a good key is no way in for a role that is not registered."""
    with pytest.raises(Forbidden):
        _signed(registry, SECOND.text, identity=as_role("Stranger"))


def test_the_address_of_the_signed_door_is_the_keys_too(registry: FakeRegistry) -> None:
    """Guarantee: a key's networks hold at the signed door as at the token door."""
    near = replace(SECOND.credential, networks=("198.51.100.7/32",))
    registry.credentials["main", near.id] = near
    _signed(registry, SECOND.text).require(LAYERED)
    assert _refused(registry, SECOND.text, identity=as_role("Clerk") | {"sourceIp": None})


def _at_token_door(headers: dict[str, str] | None = None, **context: Any) -> Principal:
    made = token_event("GET", "/v1/keys", "/v1/keys", None, headers, **context)
    return who_calls(made, FakeRegistry(), "Vended", START)


def test_the_token_door_believes_its_authorizer() -> None:
    """Guarantee: at the token door the principal is the authorizer's, with the caller's address."""
    said = Principal(
        tenant="main",
        id="client/portal",
        kind=Kind.TOKEN,
        door=Door.TOKEN,
        scopes=frozenset({MANAGE}),
        source_ip="198.51.100.7",
        proofs=("client/portal", "key/1"),
        origins=frozenset({"client/portal", "key/1"}),
    )
    context = handover.written(said) | {"principalId": said.id, "integrationLatency": 41}
    assert _at_token_door(authorizer=context) == said


@pytest.mark.parametrize(
    "context",
    [
        {"authorizer": None},
        {"authorizer": {}},
        {"authorizer": {"principalId": "key/1"}},
        {"stage": "signed"},
        {"stage": "hubspot"},
        {"stage": "prod"},
    ],
)
def test_only_that_doors_authorizer_is_believed(context: dict[str, Any]) -> None:
    """Guarantee: without the authorizer's word, or at another door, the context opens nothing."""
    with pytest.raises(Forbidden):
        _at_token_door(**context)
    if context.get("stage"):
        with pytest.raises(Forbidden):
            principal_of(token_event("GET", "/v1/keys", "/v1/keys", **context))


def test_a_signature_means_nothing_at_the_token_door(registry: FakeRegistry) -> None:
    """Guarantee: an IAM identity in a token door's event is not looked at."""
    made = token_event("GET", "/v1/keys", "/v1/keys", identity=as_role("Clerk"), authorizer={})
    with pytest.raises(Forbidden):
        who_calls(made, registry, "Vended", START)


@pytest.mark.parametrize("tenant", ["other", "", "main,other"])
def test_a_tenant_that_is_not_the_proofs_is_refused(tenant: str) -> None:
    """Guarantee: a key or token speaks for its own tenant, whatever the header asks for."""
    assert _at_token_door({"Countersign-Tenant": "main"}).tenant == "main"
    with pytest.raises(Forbidden):
        _at_token_door({"countersign-tenant": tenant})


def test_a_tenant_is_named_once(registry: FakeRegistry) -> None:
    """Guarantee: a call that names two tenants is for neither."""
    made = event("GET", "/v1/keys", "/v1/keys")
    made["requestContext"]["identity"] |= as_role("Clerk")
    made["multiValueHeaders"]["Countersign-Tenant"] = ["main", "other"]
    with pytest.raises(Forbidden):
        who_calls(made, registry, "Vended", START)
