"""Where each item lives: partition and sort keys of the three tables.

Every partition key is `tenant#KIND#id`: no query crosses tenants, and no partition holds a whole
one. `-` stands where a tenant would for items of the deployment; no tenant can be named so.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from core.ids import DEPLOYMENT

SHARDS = 4
"""Partitions of the work index per tenant and queue; one takes 1,000 writes a second."""


class Key(NamedTuple):
    """Primary key of an item."""

    pk: str
    sk: str


def product(tenant: str, sku: str) -> Key:
    """Return the key of a product."""
    return Key(f"{tenant}#SKU#{sku}", "PRODUCT")


def level(tenant: str, sku: str, location: str) -> Key:
    """Return the key of the stock of a SKU at a location."""
    return Key(f"{tenant}#SKU#{sku}", f"LEVEL#{location}")


def sku_fold(tenant: str, sku: str) -> Key:
    """Return the key of the SKU that speaks for all that differ from it in case only."""
    return Key(f"{tenant}#SKU_FOLD#{sku.casefold()}", "FOLD")


def ledger(tenant: str, sku: str, location: str, cause: str, attempt: int, kind: str) -> Key:
    """Return the key of a stock movement: the movement's own identity, so it is written once."""
    return Key(ledger_partition(tenant, sku), f"{location}#{cause}#{attempt:04d}#{kind}")


def ledger_partition(tenant: str, sku: str) -> str:
    """Return the partition of a SKU's ledger."""
    return f"{tenant}#LEDGER#{sku}"


def reservation(tenant: str, reservation_id: str) -> Key:
    """Return the key of a reservation."""
    return Key(f"{tenant}#RESERVATION#{reservation_id}", "RESERVATION")


def customer(tenant: str, customer_id: str) -> Key:
    """Return the key of a customer."""
    return Key(f"{tenant}#CUSTOMER#{customer_id}", "CUSTOMER")


def consent(of: Key, consent_id: str) -> Key:
    """Return the key of a decision in a customer's history; ids sort by time."""
    return Key(of.pk, f"CONSENT#{consent_id}")


def subject(tenant: str, mac: str) -> Key:
    """Return the key of what binds a portal's user to a customer."""
    return Key(f"{tenant}#SUBJECT#{mac}", "BINDING")


def binding(of: Key, mac: str) -> Key:
    """Return the key by which a customer's item tells who is bound to him."""
    return Key(of.pk, f"BINDING#{mac}")


def guard(tenant: str, mac: str) -> Key:
    """Return the key of the uniqueness guard of one of a customer's identities."""
    return Key(f"{tenant}#GUARD#{mac}", "GUARD")


def order(tenant: str, order_id: str) -> Key:
    """Return the key of an order's header."""
    return Key(f"{tenant}#ORDER#{order_id}", "HEADER")


def page(tenant: str, order_id: str, number: int) -> Key:
    """Return the key of a page of an order's lines; pages count from 1."""
    return Key(f"{tenant}#ORDER#{order_id}", f"PAGE#{number:04d}")


def reversal(tenant: str, order_id: str, reversal_id: str) -> Key:
    """Return the key of a return, or of a cancellation of lines; ids sort by time."""
    return Key(f"{tenant}#ORDER#{order_id}", f"REVERSAL#{reversal_id}")


def order_links(order: Key, number: int) -> Key:
    """Return the key of HubSpot's ids of the lines of an order's page."""
    return Key(order.pk, f"LINKS#{number:04d}")


def link(of: Key) -> Key:
    """Return the key of HubSpot's id for the thing in the same partition as `of`."""
    return Key(of.pk, "LINK")


def standing(tenant: str, kind: str, hubspot_id: str) -> Key:
    """Return the key of what stands for us at one of HubSpot's ids; `kind` is its object type."""
    return Key(f"{tenant}#HUBSPOT#{kind}:{hubspot_id}", "STANDING")


def parked(tenant: str, kind: str, record: str) -> Key:
    """Return the key of what HubSpot refused; `kind` is HubSpot's object type."""
    return Key(f"{tenant}#PARKED#{kind}#{record}", "PARKED")


def waiting(parked_key: Key, order_id: str) -> Key:
    """Return the key of an order that went to HubSpot without what is parked."""
    return Key(parked_key.pk, f"WAITING#{order_id}")


def run(tenant: str) -> Key:
    """Return the key of the run of reconcile that was begun last."""
    return Key(f"{tenant}#RECONCILE#run", "RUN")


def last_run(tenant: str, mode: str) -> Key:
    """Return the key of the last finished run of a mode."""
    return Key(run(tenant).pk, f"LAST#{mode}")


def budget(tenant: str, limit: str) -> Key:
    """Return the key of what is left of one of HubSpot's limits."""
    return Key(f"{tenant}#BUDGET#{limit}", "BUDGET")


def idempotency(tenant: str, digest: str) -> Key:
    """Return the key of an idempotency record."""
    return Key(f"{tenant}#IDEMPOTENCY#{digest}", "RECORD")


def audit(tenant: str, minute: str, entry_id: str) -> Key:
    """Return the key of an audit entry; `minute` is `YYYYmmddHHMM` in UTC."""
    return Key(minute_of(tenant, minute), entry_id)


def minute_of(tenant: str, minute: str) -> str:
    """Return the partition of a minute's audit entries."""
    return f"{tenant}#AUDIT#{minute}"


def chain(tenant: str) -> Key:
    """Return the key of how far a tenant's audit is sealed."""
    return Key(f"{tenant}#CHAIN#{tenant}", "HEAD")


def block(tenant: str, minute: str, height: int) -> Key:
    """Return the key of a block's header, beside those of the same minute."""
    return Key(blocks(tenant, minute), f"{height:012d}")


def blocks(tenant: str, minute: str) -> str:
    """Return the partition of the headers of the blocks that hold entries of a minute."""
    return f"{tenant}#BLOCKS#{minute}"


def role(account: str, name: str) -> Key:
    """Return the key of a registered IAM role."""
    return Key(f"{DEPLOYMENT}#ROLE#{account}/{name}", "PRINCIPAL")


def credential(tenant: str, credential_id: str) -> Key:
    """Return the key of an API key or JWT client."""
    return Key(f"{tenant}#CREDENTIAL#{credential_id}", "CREDENTIAL")


def listed_credentials(tenant: str) -> str:
    """Return the partition that lists a tenant's API keys, one item each, sort key its id."""
    return f"{tenant}#CREDENTIALS#all"


def used(tenant: str, credential_id: str) -> Key:
    """Return the key of when a credential was last used."""
    return Key(f"{tenant}#USED#{credential_id}", "USED")


def cut(tenant: str, principal_id: str) -> Key:
    """Return the key of an incident's cut: of a principal, or of `all` of a tenant's."""
    return Key(f"{tenant}#CUT#{principal_id}", "CUT")


def cuts(tenant: str) -> str:
    """Return the partition that lists a tenant's cuts, one item each, sort key its principal."""
    return f"{tenant}#CUTS#all"


def rate(tenant: str, principal_id: str) -> Key:
    """Return the key of what is left of a principal's share of calls."""
    return Key(f"{tenant}#RATE#{principal_id}", "RATE")


def bootstrap(tenant: str) -> Key:
    """Return the key of the mark that a tenant's first API key was made."""
    return Key(f"{tenant}#BOOTSTRAP#{tenant}", "BOOTSTRAP")


def oauth_grant(tenant: str) -> Key:
    """Return the key of when a tenant's HubSpot token is to be renewed, and by whom."""
    return Key(f"{tenant}#OAUTH#{tenant}", "GRANT")


def oauth_pending(tenant: str) -> Key:
    """Return the key of the link by which a tenant's OAuth app is being let in."""
    return Key(f"{tenant}#OAUTH#{tenant}", "PENDING")


def issuer(iss: str) -> Key:
    """Return the key of a token issuer; its name may be longer than a key, hence the digest."""
    return Key(f"{DEPLOYMENT}#ISSUER#{sha256(iss.encode()).hexdigest()}", "ISSUER")


def compliance() -> Key:
    """Return the key of the last compliance report."""
    return Key(f"{DEPLOYMENT}#COMPLIANCE#report", "REPORT")


def portal(portal_id: str) -> Key:
    """Return the key of a HubSpot portal, which leads to its tenant."""
    return Key(f"{DEPLOYMENT}#PORTAL#{portal_id}", "PORTAL")


def tenant(tenant_id: str) -> Key:
    """Return the key of a tenant."""
    return Key(f"{tenant_id}#TENANT#{tenant_id}", "TENANT")


def tenants() -> str:
    """Return the partition that lists the deployment's tenants, one item each, sort key its id."""
    return f"{DEPLOYMENT}#TENANTS#all"


def listed_tenant(tenant_id: str) -> Key:
    """Return the key of a tenant in the deployment's list."""
    return Key(tenants(), tenant_id)


def queue(tenant_id: str, name: str, shard: int) -> str:
    """Return a partition of the work index."""
    return f"{tenant_id}#{name}#{shard}"


def queue_of(key: Key, name: str) -> str:
    """Return the partition of the work index in which the item with that key is marked."""
    return queue(key.pk.split("#", 1)[0], name, crc32(key.pk.encode()) % SHARDS)
