"""Who is calling: each way in, and that every refusal looks alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.access.credential import Credential, RoleGrant
from core.access.principal import Caller, Kind, principal
from core.access.resolve import CLOCK_SKEW_SECONDS, MAX_SESSION_SECONDS, resolve
from core.access.session import session_name
from core.errors import Forbidden
from core.routes import Door, route
from tests.fakes.clock import START
from tests.fakes.registry import FakeRegistry

ACCOUNT, OTHER_ACCOUNT = "123456789012", "999999999999"
VENDED = f"{ACCOUNT}/Vended"
ISSUED = START // 1000 - 60
READ = frozenset({"stock:read"})
WRITE = frozenset({"stock:write"})


@pytest.fixture
def registry() -> FakeRegistry:
    """Return a registry with one role per case, two tenants and one credential."""
    return FakeRegistry(
        roles={
            (ACCOUNT, "One"): RoleGrant({"main": READ}),
            (ACCOUNT, "Two"): RoleGrant({"main": READ, "other": WRITE}),
            (ACCOUNT, "None"): RoleGrant({}),
            (ACCOUNT, "Off"): RoleGrant({"main": READ}, active=False),
            (ACCOUNT, "Gone"): RoleGrant({"gone": READ}),
            (ACCOUNT, "Vended"): RoleGrant({"main": READ}),
        },
        credentials={("main", "key1"): Credential("main", "key1", active=True, vends=READ)},
        tenants={"main", "other"},
    )


def _caller(role: str, session: str = "any", account: str = ACCOUNT) -> Caller:
    return Caller(Door.SIGNED, account, role, session, "198.51.100.7")


def _name(tenant: str = "main", credential: str = "key1", issued: int = ISSUED) -> str:
    return str(session_name(tenant, credential, issued))


def _refused(
    registry: FakeRegistry, caller: Caller, wanted: str | None = None, vended: str = VENDED
) -> Forbidden:
    with pytest.raises(Forbidden) as caught:
        resolve(caller, registry, vended_role=vended, wanted_tenant=wanted, now=START)
    return caught.value


def test_a_registered_role_is_its_tenant(registry: FakeRegistry) -> None:
    """Guarantee: a role with one tenant needs to name none, and its id is account and role."""
    who = resolve(_caller("One"), registry, vended_role=VENDED, wanted_tenant=None, now=START)
    assert (who.tenant, who.id, who.kind) == ("main", f"role/{ACCOUNT}/One", Kind.ROLE)
    assert who.scopes == READ


def test_a_role_with_two_tenants_names_one(registry: FakeRegistry) -> None:
    """Guarantee: the tenant that is named decides the scopes; the other's do not leak in."""
    for wanted, scopes in (("main", READ), ("other", WRITE)):
        who = resolve(_caller("Two"), registry, vended_role=VENDED, wanted_tenant=wanted, now=START)
        assert (who.tenant, who.scopes) == (wanted, scopes)


def test_the_session_of_a_registered_role_says_nothing(registry: FakeRegistry) -> None:
    """Guarantee: a role's own choice of session name, even in our format, changes nothing."""
    first = resolve(_caller("One", "a"), registry, vended_role=VENDED, wanted_tenant=None, now=0)
    forged = _caller("One", _name("other", "key9"))
    second = resolve(forged, registry, vended_role=VENDED, wanted_tenant=None, now=0)
    assert first == second


def test_a_vended_session_points_to_its_credential(registry: FakeRegistry) -> None:
    """Guarantee: of the vended role the credential decides, never what the role was granted."""
    who = resolve(
        _caller("Vended", _name()), registry, vended_role=VENDED, wanted_tenant=None, now=START
    )
    assert (who.tenant, who.id, who.kind) == ("main", "key/key1", Kind.SESSION)
    assert who.scopes == READ


def test_a_session_holds_what_it_was_cut_to(registry: FakeRegistry) -> None:
    """Guarantee: what a session may do, and hand on, is its own scopes and its credential's."""
    credential = registry.credentials["main", "key1"]
    registry.credentials["main", "key1"] = replace(credential, vends=READ | WRITE)
    for asked, held in ((READ, READ), (READ | WRITE, READ | WRITE), (READ | {"keys:manage"}, READ)):
        session = str(session_name("main", "key1", ISSUED, frozenset(asked)))
        who = resolve(
            _caller("Vended", session), registry, vended_role=VENDED, wanted_tenant=None, now=START
        )
        assert who.scopes == held


def test_without_a_vended_role_there_is_none(registry: FakeRegistry) -> None:
    """Guarantee: while nothing is vended, a session name in our format is no way in."""
    registry.roles.clear()
    _refused(registry, _caller("Vended", _name()), vended="")


def test_every_refusal_says_the_same(registry: FakeRegistry) -> None:
    """Guarantee: what a stranger learns never depends on why he is refused."""
    refusals = [
        _refused(registry, _caller("Nobody")),
        _refused(registry, _caller("One", account=OTHER_ACCOUNT)),
        _refused(registry, _caller("one")),
        _refused(registry, _caller("Off")),
        _refused(registry, _caller("None")),
        _refused(registry, _caller("Two")),
        _refused(registry, _caller("Gone")),
        _refused(registry, _caller("One"), "other"),
        _refused(registry, _caller("One"), ""),
        _refused(registry, _caller("Two"), "nowhere"),
        _refused(registry, _caller("Vended", "any")),
        _refused(registry, _caller("Vended", _name(credential="key2"))),
        _refused(registry, _caller("Vended", _name(tenant="other"))),
        _refused(registry, _caller("Vended", _name()), "other"),
        _refused(registry, _caller("Vended", _name(), OTHER_ACCOUNT)),
    ]
    assert {(e.code, e.public, e.fields, e.retry_after) for e in refusals} == {
        ("forbidden", "You are not allowed to do this.", (), None)
    }
    assert all(e.internal != e.public for e in refusals)


@pytest.mark.parametrize(
    ("change", "age"),
    [
        ({"active": False}, 60),
        ({"expires_at": START}, 60),
        ({"expires_at": START - 1}, 60),
        ({"tenant": "other"}, 60),
        ({"id": "key2"}, 60),
        ({}, MAX_SESSION_SECONDS + 1),
        ({}, -CLOCK_SKEW_SECONDS - 1),
    ],
)
def test_a_session_ends_with_its_credential(
    registry: FakeRegistry, change: dict[str, object], age: int
) -> None:
    """Guarantee: revoked, expired, older than an hour or not yet issued, a session is refused."""
    credential = registry.credentials["main", "key1"]
    registry.credentials["main", "key1"] = replace(credential, **change)  # type: ignore[arg-type]  # a field by its name
    _refused(registry, _caller("Vended", _name(issued=START // 1000 - age)))


@pytest.mark.parametrize(
    ("networks", "good"),
    [
        (("198.51.100.0/24",), True),
        (("2001:db8::/32", "198.51.100.7/32"), True),
        (("192.0.2.0/24",), False),
        (("everywhere",), False),
    ],
)
def test_a_session_is_bound_to_its_keys_networks(
    registry: FakeRegistry, networks: tuple[str, ...], *, good: bool
) -> None:
    """Guarantee: a session that was stolen opens no more from elsewhere than its key would."""
    credential = registry.credentials["main", "key1"]
    registry.credentials["main", "key1"] = replace(credential, networks=networks)
    caller = _caller("Vended", _name())
    if good:
        assert resolve(caller, registry, vended_role=VENDED, wanted_tenant=None, now=START)
    else:
        _refused(registry, caller)


@pytest.mark.parametrize("age", [-CLOCK_SKEW_SECONDS, 0, MAX_SESSION_SECONDS])
def test_a_session_lasts_its_hour(registry: FakeRegistry, age: int) -> None:
    """Guarantee: within its hour, and within the clocks' difference, a session is good."""
    session = _name(issued=START // 1000 - age)
    who = resolve(
        _caller("Vended", session), registry, vended_role=VENDED, wanted_tenant=None, now=START
    )
    assert who.kind is Kind.SESSION


@pytest.mark.parametrize("whose", [("-", "all"), ("main", "all"), ("main", "key/key1")])
def test_a_cut_ends_what_was_issued_before(registry: FakeRegistry, whose: tuple[str, str]) -> None:
    """Guarantee: an incident's cut ends sessions issued before it, and spares those after it."""
    credential = registry.credentials["main", "key1"]
    registry.credentials["main", "key1"] = replace(credential, created_at=START)
    registry.cut[whose] = ISSUED * 1000 + 1
    _refused(registry, _caller("Vended", _name()))
    later = _caller("Vended", _name(issued=ISSUED + 1))
    assert resolve(later, registry, vended_role=VENDED, wanted_tenant=None, now=START)


def test_a_cut_ends_a_key_with_all_its_sessions(registry: FakeRegistry) -> None:
    """Guarantee: a key from before the cut vends no more, however new the session."""
    registry.cut["main", "all"] = 1
    _refused(registry, _caller("Vended", _name()))


def test_a_role_is_shut_out_by_name_only(registry: FakeRegistry) -> None:
    """Guarantee: a cut of the tenant leaves its registered roles; a cut of the role ends it."""
    registry.cut["main", "all"] = START
    one = _caller("One")
    assert resolve(one, registry, vended_role=VENDED, wanted_tenant=None, now=START)
    registry.cut["main", f"role/{ACCOUNT}/One"] = 1
    _refused(registry, one)


def test_a_scope_opens_its_routes_only(registry: FakeRegistry) -> None:
    """Guarantee: without the route's scope a known caller is refused in the same words."""
    proof = resolve(_caller("One"), registry, vended_role="", wanted_tenant=None, now=START)
    who = principal(Door.SIGNED, "198.51.100.7", (proof,))
    who.require(route("get_stock"))
    for name in ("put_product", "place_order", "receive_webhooks"):
        with pytest.raises(Forbidden) as caught:
            who.require(route(name))
        assert caught.value.public == "You are not allowed to do this."
