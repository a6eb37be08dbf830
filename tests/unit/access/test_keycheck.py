"""An API key's check: what lets it in, each thing that does not, and how alike the refusals are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.access import apikey
from core.access.keycheck import KeyRefused, check_key
from core.access.principal import Kind
from tests.fakes.clock import START
from tests.fakes.registry import FakeRegistry
from tests.support.credentials import make_client, make_key

READ, PLACE = "stock:read", "orders:place"
HERE = "198.51.100.7"
GOOD = make_key("main", [READ], [PLACE], networks=("198.51.100.0/24", "2001:db8::/32"))


@pytest.fixture
def registry() -> FakeRegistry:
    """Return a registry that knows the good key."""
    return FakeRegistry(
        credentials={("main", GOOD.credential.id): GOOD.credential}, tenants={"main", "other"}
    )


def _reason(registry: FakeRegistry, text: str, source_ip: str = HERE, now: int = START) -> str:
    with pytest.raises(KeyRefused) as caught:
        check_key(text, registry, source_ip=source_ip, now=now)
    assert (caught.value.code, caught.value.public) == (
        "unauthenticated",
        "The credentials are not valid.",
    )
    assert caught.value.fields == ()
    assert caught.value.retry_after is None
    assert text[-apikey.SECRET_BYTES :] not in caught.value.internal
    return caught.value.reason


def _changed(registry: FakeRegistry, **change: object) -> FakeRegistry:
    changed = replace(GOOD.credential, **change)  # type: ignore[arg-type]  # a field by its name
    registry.credentials["main", GOOD.credential.id] = changed
    return registry


def test_a_good_key_proves_itself_and_its_origin(registry: FakeRegistry) -> None:
    """Guarantee: a key proves its tenant, what it may do, what it vends, and what it rotates."""
    _changed(registry, origin="first")
    proof = check_key(GOOD.text, registry, source_ip=HERE, now=START)
    assert (proof.kind, proof.tenant) == (Kind.KEY, "main")
    assert (proof.id, proof.origin) == (f"key/{GOOD.credential.id}", "key/first")
    assert proof.scopes == {READ}
    assert proof.vends == {PLACE}


@pytest.mark.parametrize(
    "text",
    ["", "x", GOOD.text[:-1], GOOD.text + "0", GOOD.text.upper(), GOOD.text.replace("_", "-")],
    ids=["empty", "short", "cut", "longer", "upper", "dashes"],
)
def test_what_is_no_key_is_refused_without_a_look(text: str) -> None:
    """Guarantee: a mistyped or made-up key costs no look-up."""
    with pytest.raises(KeyRefused) as caught:
        check_key(text, None, source_ip=HERE, now=START)  # type: ignore[arg-type]  # never asked
    assert caught.value.reason == "key_malformed"


def test_each_thing_that_is_wrong_refuses(registry: FakeRegistry) -> None:
    """Guarantee: whatever is wrong refuses in the same words, and the log tells what it was."""
    other = make_key("other", [READ])
    assert _reason(registry, make_key("main", [READ]).text) == "key_unknown"
    assert _reason(registry, other.text) == "key_unknown"
    forged = apikey.make("main", GOOD.credential.id, bytes(apikey.SECRET_BYTES))
    assert _reason(registry, forged) == "key_wrong"
    assert _reason(_changed(registry, digest=""), GOOD.text) == "key_wrong"
    assert _reason(_changed(registry, active=False), GOOD.text) == "key_revoked"
    assert _reason(_changed(registry, expires_at=START), GOOD.text) == "key_expired"
    assert _reason(_changed(registry), GOOD.text, source_ip="192.0.2.1") == "key_network"
    registry.tenants.discard("main")
    assert _reason(registry, GOOD.text) == "tenant_off"


@pytest.mark.parametrize(
    "whose", [("-", "all"), ("main", "all"), ("main", f"key/{GOOD.credential.id}")]
)
def test_a_cut_ends_keys_made_before_it(registry: FakeRegistry, whose: tuple[str, str]) -> None:
    """Guarantee: an incident's cut ends the keys of whom it concerns, and spares later ones."""
    registry.cut[whose] = START + 1
    assert _reason(registry, GOOD.text) == "key_cut"
    registry.cut[whose] = START
    assert check_key(GOOD.text, registry, source_ip=HERE, now=START)


@pytest.mark.parametrize("source_ip", ["198.51.100.0", "198.51.100.255", "2001:db8::1"])
def test_a_key_is_good_from_its_networks(registry: FakeRegistry, source_ip: str) -> None:
    """Guarantee: any address of any of its networks will do, of both kinds."""
    assert check_key(GOOD.text, registry, source_ip=source_ip, now=START)


@pytest.mark.parametrize("source_ip", ["", "here", "198.51.101.0", "2001:db9::1", "198.51.100.7:1"])
def test_a_key_is_good_from_nowhere_else(registry: FakeRegistry, source_ip: str) -> None:
    """Guarantee: an address outside of them, or none that can be read, refuses."""
    assert _reason(registry, GOOD.text, source_ip=source_ip) == "key_network"


def test_a_broken_network_lets_nobody_in(registry: FakeRegistry) -> None:
    """Guarantee: networks that cannot be read close the key, they never open it."""
    _changed(registry, networks=("everywhere", "198.51.100.0/24"))
    assert _reason(registry, GOOD.text) == "key_network"


def test_a_token_client_has_no_key(registry: FakeRegistry) -> None:
    """Guarantee: no text of a key lets anybody in as a token client."""
    client = make_client("main", GOOD.credential.id, [PLACE])
    registry.credentials["main", client.id] = client
    assert _reason(registry, GOOD.text) == "key_wrong"
