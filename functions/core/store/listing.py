"""What makes things listable: two KEYS_ONLY indexes, sharded, so that no partition is a tenant's.

`listing` (`list_of`, `list_by`) lists products by SKU, levels by SKU and location, customers by id,
a customer's orders by time, and what HubSpot refused by state, kind and time; `states` (`state_of`,
`state_by`) lists orders by state and time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from core.orders.states import SETTLED
from core.store import keys
from core.store.pages import LISTING, STATES

if TYPE_CHECKING:
    from core.orders.model import Header
    from core.orders.read import OrderQuery
    from core.store.pages import Index
    from core.store.table import Item


PRODUCTS = "products"
LEVELS = "levels"
CUSTOMERS = "customers"
PARKED = "parked"


def sharded(tenant: str, what: str, of: str) -> str:
    """Return the partition of a listing that a thing belongs to."""
    return f"{tenant}#{what}#{crc32(of.encode()) % keys.SHARDS}"


def partitions(tenant: str, what: str) -> tuple[str, ...]:
    """Return all partitions of a listing."""
    return tuple(f"{tenant}#{what}#{shard}" for shard in range(keys.SHARDS))


def product(tenant: str, sku: str) -> Item:
    """Return the attributes that list a product."""
    return {"list_of": sharded(tenant, PRODUCTS, sku), "list_by": sku}


def level(tenant: str, sku: str, location: str) -> Item:
    """Return the attributes that list a level."""
    return {"list_of": sharded(tenant, LEVELS, sku), "list_by": f"{sku}#{location}"}


def customer(tenant: str, customer_id: str) -> Item:
    """Return the attributes that list a customer; ids sort by the time at which he came."""
    return {"list_of": sharded(tenant, CUSTOMERS, customer_id), "list_by": customer_id}


def parked(tenant: str, state: str, kind: str, record: str) -> str:
    """Return the partition that lists a record which HubSpot refused."""
    return sharded(tenant, f"{PARKED}:{state}:{kind}", record)


def parked_partitions(tenant: str, state: str, kind: str) -> tuple[str, ...]:
    """Return the partitions of the records of a kind which HubSpot refused."""
    return partitions(tenant, f"{PARKED}:{state}:{kind}")


def of_customer(tenant: str, customer_id: str) -> str:
    """Return the partition that lists a customer's orders."""
    return f"{tenant}#customer#{customer_id}"


def moment(header: Header) -> str:
    """Return where an order stands in time: sortable text, unique by the order's id."""
    return f"{max(header.placed_at, 0):014d}#{header.id}"


def order(tenant: str, header: Header) -> Item:
    """Return the attributes that list a new order."""
    owner = header.customer_id
    mine = {"list_of": of_customer(tenant, owner), "list_by": moment(header)} if owner else {}
    return mine | state(tenant, header)


def orders(tenant: str, query: OrderQuery) -> tuple[Index, tuple[str, ...]]:
    """Return the index and the partitions that answer a query for orders."""
    if query.customer_id is not None:
        return LISTING, (of_customer(tenant, query.customer_id),)
    states = SETTLED if query.state is None else {query.state}
    return STATES, tuple(p for s in sorted(states) for p in partitions(tenant, f"orders:{s}"))


def settled_orders(tenant: str, shard: int) -> tuple[str, ...]:
    """Return the partitions of one shard's placed orders: an order's shard never changes."""
    return tuple(f"{tenant}#orders:{state}#{shard}" for state in sorted(SETTLED))


def state(tenant: str, header: Header) -> Item:
    """Return the attributes that list an order by its state."""
    return {
        "state_of": sharded(tenant, f"orders:{header.state}", header.id),
        "state_by": moment(header),
    }
