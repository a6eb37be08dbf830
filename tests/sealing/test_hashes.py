"""The tree and the spelling that is hashed: by the RFCs' own examples, and two implementations."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.sealing import merkle
from core.sealing.canonical import canonical
from countersign.auditing import merkle as outside
from countersign.auditing.canonical import canonical as canonical_outside

CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The roots over the first one to eight leaves, from Certificate Transparency's reference tests."""

HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)

TEXTS = st.one_of(
    st.builds(lambda text: {"S": text}, st.text()),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda data: {"B": data}, st.binary()),
    st.builds(lambda texts: {"SS": sorted(texts)}, st.sets(st.text(), min_size=1)),
    st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
)
ITEMS = st.dictionaries(
    st.text(),
    st.recursive(
        TEXTS,
        lambda inner: st.one_of(
            st.builds(lambda listed: {"L": listed}, st.lists(inner)),
            st.builds(lambda mapped: {"M": mapped}, st.dictionaries(st.text(), inner)),
        ),
        max_leaves=3,
    ),
)


def test_roots_are_those_of_certificate_transparency() -> None:
    """Guarantee: sealer and verifier build RFC 6962's tree."""
    leaves = [merkle.leaf(data) for data in CT_LEAVES]
    for count, root in enumerate(CT_ROOTS, 1):
        assert merkle.root(leaves[:count]).hex() == root
        assert outside.root(leaves[:count]).hex() == root


@given(HASHES)
def test_two_implementations_agree(leaves: list[bytes]) -> None:
    """Guarantee: what is sealed top-down is verified bottom-up, roots and proofs alike."""
    assert merkle.root(leaves) == outside.root(leaves)
    for index in range(len(leaves)):
        assert merkle.path(leaves, index) == outside.path(leaves, index)


@given(HASHES, st.data())
def test_a_proof_proves_its_leaf_at_its_place_alone(
    leaves: list[bytes], data: st.DataObject
) -> None:
    """Guarantee: a proof leads to the root; with another leaf, step or root it does not."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    head, proof = merkle.root(leaves), merkle.path(leaves, index)
    assert outside.proves(proof, leaves[index], index, len(leaves), head)
    other = hashlib.sha256(leaves[index]).digest()
    assert not outside.proves(proof, other, index, len(leaves), head)
    assert not outside.proves(proof, leaves[index], index, len(leaves), other)
    assert not outside.proves([*proof, other], leaves[index], index, len(leaves), head)
    if proof:
        assert not outside.proves(proof[:-1], leaves[index], index, len(leaves), head)


def test_keys_sort_as_rfc_8785_says() -> None:
    """Guarantee: by UTF-16 code units, as in the RFC's example, and characters stand unescaped."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = '{"\\r":1,"1":1,"\u0080":1,"\u00f6":1,"\u20ac":1,"\U0001f600":1,"\ufb33":1}'
    assert canonical(dict.fromkeys(keys, 1)).decode() == expected


@settings(max_examples=50)
@given(ITEMS)
def test_both_spell_an_item_alike(item: dict[str, Any]) -> None:
    """Guarantee: whatever an item holds, sealer and verifier hash the same bytes."""
    assert canonical(item) == canonical_outside(item)


@settings(max_examples=50)
@given(ITEMS, ITEMS)
def test_different_items_are_spelt_differently(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Guarantee: no two items share a spelling, so none can be put in another's place."""
    assert (canonical(one) == canonical(other)) == (one == other)


def test_a_map_with_the_name_of_a_set_is_a_map() -> None:
    """Guarantee: what stands in a map under `SS` is hashed."""
    one, other = ({"M": {"SS": {"S": text}}} for text in "ab")
    assert canonical(one) != canonical(other)
