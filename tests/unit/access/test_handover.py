"""What the authorizer tells the handlers: it arrives as it was, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import handover
from core.access.principal import Kind, Principal
from core.routes import Door

WORDS = st.text(
    st.characters(min_codepoint=33, exclude_categories=["Z", "C"]), min_size=1, max_size=30
)
SETS = st.frozensets(WORDS, max_size=5)
PRINCIPALS = st.builds(
    Principal,
    tenant=WORDS,
    id=WORDS,
    kind=st.sampled_from(Kind),
    door=st.just(Door.TOKEN),
    scopes=SETS,
    source_ip=st.just("198.51.100.7"),
    vends=SETS,
    gives=SETS,
    proofs=st.lists(WORDS, min_size=1, max_size=2).map(tuple),
    origins=st.frozensets(WORDS, min_size=1, max_size=2),
    subject=st.text(max_size=30),
    issuer=st.text(max_size=30),
)
WHO = Principal("main", "key/1", Kind.KEY, Door.TOKEN, frozenset(), "", frozenset(), frozenset())
CONTEXT: dict[str, Any] = {
    "auth_door": "token",
    "tenant": "main",
    "principal": "key/1",
    "kind": "key",
    "proofs": "key/1",
    "origins": "key/1",
}


@given(PRINCIPALS)
def test_a_principal_arrives_as_it_was(who: Principal) -> None:
    """Guarantee: what the handlers read is what the authorizer found, member by member."""
    context = handover.written(who)
    assert all(isinstance(v, str) and v for v in context.values())
    assert handover.read(context, "198.51.100.7") == who


@pytest.mark.parametrize("odd", ["client/a b", "client/a\u2003key/b", "client/a\tb", ""])
@pytest.mark.parametrize("member", ["scopes", "vends", "gives", "proofs", "origins"])
def test_no_member_can_become_two(odd: str, member: str) -> None:
    """Guarantee: an id with a space in it is never read back as two origins, nor two scopes."""
    sets: dict[str, Any] = {member: (odd,) if member == "proofs" else frozenset({odd})}
    who = Principal(
        **{f: getattr(WHO, f) for f in ("tenant", "id", "kind", "door")},
        **({"scopes": frozenset()} | sets),
    )
    with pytest.raises(ValueError, match="holds a space"):
        handover.written(who)


@pytest.mark.parametrize(
    "change",
    [
        {"auth_door": None},
        {"auth_door": "signed"},
        {"tenant": None},
        {"tenant": ""},
        {"principal": None},
        {"kind": None},
        {"kind": "root"},
        {"proofs": None},
        {"origins": " "[:0]},
        {"tenant": 7},
    ],
)
def test_what_the_authorizer_did_not_write_is_refused(change: dict[str, Any]) -> None:
    """Guarantee: a context with a part missing or odd is nobody's."""
    assert handover.read(CONTEXT, "").id == "key/1"
    given_ = {k: v for k, v in (CONTEXT | change).items() if v is not None}
    with pytest.raises(ValueError, match=r".+"):
        handover.read(given_, "")
