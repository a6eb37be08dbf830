"""The rules of a key's life, and that nobody hands on what he does not have."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import keys
from core.access.credential import Credential, Cuts
from core.access.keys import DAY_MS, DEFAULT_LIFE_MS, MAX_LIFE_MS, KeyDraft, KeyStatus
from core.access.principal import Kind, Principal, Proof, principal
from core.access.scopes import SCOPES, VENDABLE
from core.audit import Act
from core.errors import CountersignError, Forbidden, Unprocessable
from core.keyring.keys import Keyring
from core.routes import Door
from tests.fakes.clock import START, FakeClock
from tests.fakes.ids import TimedUlids
from tests.fakes.keyring import FakeKeyring

NOW = START
GOOD = KeyDraft("one", ("stock:read",))
SETS = st.frozensets(st.sampled_from(sorted(SCOPES)))
ASKED = st.lists(st.sampled_from([*sorted(SCOPES), "stock:everything"]), max_size=6).map(tuple)


def wrong(draft: KeyDraft) -> dict[str, str]:
    """Return the fields that a draft is refused for."""
    with pytest.raises(Unprocessable) as refused:
        keys.refuse_malformed(draft, NOW)
    return {f.field: f.code for f in refused.value.fields}


def ring(store: FakeKeyring) -> tuple[Keyring, FakeClock]:
    """Return the use cases over a store."""
    clock, dice = FakeClock(), random.Random(1)  # noqa: S311 - dice for a test
    return Keyring(store, clock, TimedUlids(clock), dice, dice.randbytes), clock


def caller(scopes: frozenset[str], vends: frozenset[str]) -> Principal:
    """Return who comes with a role of all scopes and with a key of these."""
    role = Proof(Kind.ROLE, "role/1/R", "role/1/R", "main", SCOPES)
    key = Proof(Kind.TOKEN, "client/c", "client/c", "main", scopes, vends)
    return principal(Door.SIGNED, "", (role, key))


@given(SETS, SETS, ASKED, ASKED)
def test_nobody_hands_on_what_he_lacks(
    scopes: frozenset[str], vends: frozenset[str], asked: tuple[str, ...], to_vend: tuple[str, ...]
) -> None:
    """Guarantee: a key made has nothing that each of its maker's proofs does not have.

    Whatever is asked for beyond that is refused as a whole, with nothing written.
    """
    store = FakeKeyring()
    keyring, _ = ring(store)
    who = caller(scopes, vends)
    try:
        made, _ = keyring.make(Act(who, ""), KeyDraft("one", asked, to_vend))
    except CountersignError:
        assert not store.kept
        assert not store.audit
        fits = set(asked) <= scopes and set(to_vend) <= (scopes | vends) & VENDABLE
        assert not (asked and fits)
        return
    assert made.key.scopes == set(asked)
    assert made.key.scopes <= scopes
    assert made.key.vends <= scopes | vends
    assert made.key.vends <= VENDABLE


@given(SETS, SETS, SETS.filter(bool), SETS)
def test_nobody_rotates_what_he_lacks(
    scopes: frozenset[str], vends: frozenset[str], has: frozenset[str], lets: frozenset[str]
) -> None:
    """Guarantee: a rotation shows a key, so it wants a caller who has all that the key has."""
    store = FakeKeyring()
    keyring, clock = ring(store)
    old = Credential("main", "0" * 26, scopes=has, vends=lets, created_at=clock.now())
    store.kept["main", old.id] = old
    try:
        made, _ = keyring.rotate(Act(caller(scopes, vends), ""), old.id, 0)
    except Forbidden:
        assert store.kept == {("main", old.id): old}
        assert not (has <= scopes and lets <= scopes | vends)
        return
    assert (made.key.scopes, made.key.vends) == (has, lets)
    assert has <= scopes
    assert lets <= scopes | vends


def test_what_no_key_can_have_is_said_field_by_field() -> None:
    """Guarantee: every wrong field is named at once."""
    draft = KeyDraft(
        "",
        ("stock:read", "stock:*"),
        ("credentials:vend",),
        NOW,
        ("203.0.113.0/24", "203.0.113.1/24", "0.0.0.0/0", "::/0", "everywhere", "10.0.0.1"),
    )
    assert wrong(draft) == {
        "name": "invalid_name",
        "scopes.1": "unknown_scope",
        "vends.0": "not_vendable",
        "expires_at": "out_of_range",
        "networks.1": "invalid_network",
        "networks.2": "invalid_network",
        "networks.3": "invalid_network",
        "networks.4": "invalid_network",
        "networks.5": "invalid_network",
    }


def test_bounds() -> None:
    """Guarantee: a key has a scope, a name of 64, 20 networks and a year at most."""
    best = replace(
        GOOD,
        name="n" * 64,
        expires_at=NOW + MAX_LIFE_MS,
        networks=tuple(f"10.0.{n}.0/24" for n in range(20)),
    )
    keys.refuse_malformed(best, NOW)
    assert MAX_LIFE_MS == 365 * DAY_MS
    assert wrong(replace(GOOD, scopes=())) == {"scopes": "empty"}
    assert wrong(replace(GOOD, name="n" * 65)) == {"name": "invalid_name"}
    assert wrong(replace(GOOD, name="a\nb")) == {"name": "invalid_name"}
    assert wrong(replace(GOOD, expires_at=NOW + MAX_LIFE_MS + 1)) == {"expires_at": "out_of_range"}
    assert wrong(replace(best, networks=(*best.networks, "10.1.0.0/24"))) == {
        "networks": "too_many"
    }


@pytest.mark.parametrize("network", ["203.0.113.7/32", "2001:db8::/48", "10.0.0.0/8"])
def test_networks_of_both_kinds_are_taken(network: str) -> None:
    """Guarantee: IPv4 and IPv6 networks as `ipaddress` writes them are valid."""
    keys.refuse_malformed(replace(GOOD, networks=(network,)), NOW)


@pytest.mark.parametrize("network", ["2001:DB8::/48", "010.0.0.0/8", "10.0.0.0/255.0.0.0", ""])
def test_one_network_has_one_spelling(network: str) -> None:
    """Guarantee: what another reader could take for another network is refused."""
    assert "networks.0" in wrong(replace(GOOD, networks=(network,)))


def test_a_key_ends_by_itself() -> None:
    """Guarantee: without a wish a key lives 90 days."""
    made = keys.made(GOOD, tenant="main", key_id="k", digest="d", by="role/1/R", now=NOW)
    assert made.expires_at == NOW + DEFAULT_LIFE_MS == NOW + 90 * DAY_MS
    assert (made.origin, made.created_by) == ("k", "role/1/R")


def test_a_chain_of_rotations_is_one_origin() -> None:
    """Guarantee: a key and all its rotations are one proof, alike in all but secret and time."""
    first = keys.made(GOOD, tenant="main", key_id="k0", digest="0", by="a", now=NOW)
    chain = [first]
    for n in range(1, 4):
        _, new = keys.rotated(
            chain[-1], key_id=f"k{n}", digest=str(n), by="b", now=NOW + n, overlap_seconds=60
        )
        chain.append(new)
    assert {key.origin_id for key in chain} == {"key/k0"}
    assert len({key.digest for key in chain}) == 4
    for old, new in pairwise(chain):
        assert (new.scopes, new.vends, new.networks) == (old.scopes, old.vends, old.networks)
        assert new.expires_at == new.created_at + DEFAULT_LIFE_MS
        assert (new.rotated_to, new.active) == ("", True)


def test_an_overlap_lengthens_nothing() -> None:
    """Guarantee: the old key ends after the overlap, and never later than it would have."""
    old = keys.made(
        replace(GOOD, expires_at=NOW + 1000), tenant="m", key_id="k", digest="d", by="", now=NOW
    )

    def end(overlap: int) -> int | None:
        made = keys.rotated(
            old, key_id="n", digest="", by="", now=NOW + 500, overlap_seconds=overlap
        )
        return made[0].expires_at

    assert end(0) == NOW + 500
    assert end(1) == end(9999) == NOW + 1000


@pytest.mark.parametrize(
    ("change", "cuts", "expected"),
    [
        ({}, Cuts(), KeyStatus.ACTIVE),
        ({}, Cuts(tenant=NOW), KeyStatus.ACTIVE),
        ({}, Cuts(principal=NOW + 1), KeyStatus.CUT),
        ({"expires_at": NOW + 5}, Cuts(), KeyStatus.EXPIRED),
        ({"active": False}, Cuts(deployment=NOW + 1), KeyStatus.REVOKED),
    ],
)
def test_status(change: dict[str, object], cuts: Cuts, expected: KeyStatus) -> None:
    """Guarantee: a key is shown active if and only if it opens something."""
    made = keys.made(GOOD, tenant="main", key_id="k", digest="d", by="", now=NOW)
    key = replace(made, **change)  # type: ignore[arg-type]  # the table above has the types
    assert keys.status(key, cuts, NOW + 5) is expected
    assert key.usable(NOW + 5, cuts) == (expected is KeyStatus.ACTIVE)
