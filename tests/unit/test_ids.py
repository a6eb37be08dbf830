"""Ids: lower-case ULIDs, tenants that fit a session name."""

from __future__ import annotations

import pytest

from core.ids import ID, ID_LENGTH, TENANT
from core.ulids import Ulids


def test_ids_are_new_lower_case_and_in_order() -> None:
    """Guarantee: no two ids are alike even when HubSpot folds their case; later ones sort later."""
    made = [Ulids().new() for _ in range(200)]
    assert len({m.casefold() for m in made}) == 200
    assert all(ID.fullmatch(m) and len(m) == ID_LENGTH for m in made)
    assert made[0][:10] <= made[-1][:10]


@pytest.mark.parametrize("name", ["a", "main", "a-b", "shop-2", "a" * 16])
def test_tenant_ids(name: str) -> None:
    """Guarantee: these are tenant ids."""
    assert TENANT.fullmatch(name)


@pytest.mark.parametrize("name", ["", "A", "1a", "-", "-a", "a.b", "a#b", "a_b", "a" * 17, "a\n"])
def test_what_is_no_tenant_id(name: str) -> None:
    """Guarantee: nothing with a separator of keys or session names is a tenant id."""
    assert not TENANT.fullmatch(name)
