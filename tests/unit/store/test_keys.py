"""Keys: no two things share one, and no tenant can reach another's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.ids import DEPLOYMENT, TENANT
from core.inventory.model import LOCATION, SKU
from core.store import keys

TENANTS = st.from_regex(TENANT, fullmatch=True)
SKUS = st.from_regex(SKU, fullmatch=True)
LOCATIONS = st.from_regex(LOCATION, fullmatch=True)


@given(st.tuples(TENANTS, SKUS, LOCATIONS), st.tuples(TENANTS, SKUS, LOCATIONS))
def test_different_things_have_different_keys(
    one: tuple[str, str, str], two: tuple[str, str, str]
) -> None:
    """Guarantee: tenant, SKU and location can be read out of a key in one way only."""
    for key in (
        keys.level,
        lambda t, s, loc: keys.ledger(t, s, loc, "cause", 1, "reserve"),
    ):
        assert (key(*one) == key(*two)) == (one == two)


@given(TENANTS, SKUS)
def test_a_key_begins_with_its_tenant(tenant: str, sku: str) -> None:
    """Guarantee: every partition is one tenant's, and no SKU can spell another partition."""
    key = keys.product(tenant, sku)
    assert key.pk.split("#", 2) == [tenant, "SKU", sku]
    assert "#" not in sku + tenant
    assert tenant != DEPLOYMENT


@given(TENANTS, SKUS)
def test_a_mark_stays_in_its_tenants_queue(tenant: str, sku: str) -> None:
    """Guarantee: an item is always found in the same one of four partitions of its own tenant."""
    key = keys.product(tenant, sku)
    queue = keys.queue_of(key, "stock")
    assert queue == keys.queue_of(key, "stock")
    assert queue in {keys.queue(tenant, "stock", n) for n in range(4)}
