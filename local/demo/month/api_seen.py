"""What the API shows of the month, read through the signed door by several readers."""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import local as per_thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

from countersign import Client
from local.demo.month.returned import Back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from countersign import Target
    from countersign.flavours import Flavour
    from local.demo.compare import Records

Json = dict[str, Any]
T = TypeVar("T")
U = TypeVar("U")

READERS = 4


@dataclass(slots=True)
class Seen:
    """Which orders there are: invoices and the files' customers by the API's ids, and returns."""

    invoices: dict[str, str] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    ids_of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    backs: list[Back] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Reads lists to their end, and many things at once."""

    target: Target
    caller: Flavour | None = None
    _own: per_thread = field(default_factory=per_thread)

    def all(self, path: str, items: str, **query: str) -> Iterator[Json]:
        """Yield every item of a list, page by page."""
        query["limit"] = "100"
        while True:
            body: Json = self._client().call("GET", f"{path}?{urlencode(query)}").body
            yield from body[items]
            if not body.get("cursor"):
                return
            query["cursor"] = body["cursor"]

    def get(self, path: str) -> Json:
        """Return one thing."""
        body: Json = self._client().call("GET", path).body
        return body

    def each(self, read: Callable[[T], U], things: Iterable[T]) -> list[U]:
        """Read many things at once; results come in the things' order."""
        with ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(read, things))

    def _client(self) -> Client:
        if not hasattr(self._own, "client"):
            self._own.client = Client(self.target, flavour=self.caller)
        client: Client = self._own.client
        return client


def see_orders(reader: Reader, customer_of: Callable[[str], str | None]) -> Seen:
    """List all orders, and read the returns of those that have some.

    `customer_of` gives the files' customer of an invoice. A second order of the same invoice is
    known by another name.
    """
    seen, returned = Seen(), []
    for order in reader.all("/v1/orders", "orders"):
        invoice = str(order.get("external_id") or order["id"])
        while invoice in seen.invoices.values():
            invoice += " again"
        seen.invoices[order["id"]] = invoice
        customer = customer_of(invoice)
        if customer and order.get("customer_id"):
            seen.customers[order["customer_id"]] = customer
            seen.ids_of[customer].add(order["customer_id"])
        if order["returned"]:
            returned.append(order["id"])
    found = reader.each(lambda i: reader.get(f"/v1/orders/{i}/returns")["returns"], returned)
    for order_id, returns in zip(returned, found, strict=True):
        seen.backs += _backs(seen.invoices[order_id], returns)
    return seen


def see_everything(reader: Reader, seen: Seen) -> Records:
    """Read every order whole, all stock, and every SKU's ledger."""
    records: Records = {}
    for order in reader.each(lambda i: reader.get(f"/v1/orders/{i}"), seen.invoices):
        records["order", seen.invoices[order["id"]]] = _order(order)
    for customer, ids in seen.ids_of.items():
        records["customer", customer] = {"ids": len(ids)}
    levels = list(reader.all("/v1/stock", "levels"))
    ledgers = reader.each(
        lambda x: list(reader.all(f"/v1/stock/{quote(x['sku'], safe='')}/ledger", "movements")),
        levels,
    )
    for level, ledger in zip(levels, ledgers, strict=True):
        sku = level["sku"]
        records["stock", sku] = {n: level[n] for n in ("available", "reserved", "on_hand")}
        records["ledger", sku] = {
            "available": sum(movement["available"] for movement in ledger),
            "reserved": sum(movement["reserved"] for movement in ledger),
            "loose_ends": _loose_ends(ledger, seen),
        }
    return records


def ledger_sum_matches(records: Records) -> bool:
    """Tell whether each SKU's ledger sums up to its level."""
    return all(
        records["ledger", sku][name] == level[name]
        for (kind, sku), level in records.items()
        if kind == "stock"
        for name in ("available", "reserved")
    )


def _order(order: Json) -> Json:
    at = datetime.fromisoformat(order["placed_at"]).astimezone(UTC)
    return {
        **{name: order[name] for name in ("state", "currency", "subtotal", "total", "returned")},
        "placed_at": at.isoformat().replace("+00:00", "Z"),
        "lines": [
            (x["number"], x["sku"], x["quantity"], x["unit_price"], x.get("description"))
            for x in order["lines"]
        ],
        "guest": order.get("customer_id") is None,
    }


def _backs(invoice: str, returns: Iterable[Json]) -> Iterator[Back]:
    for one in returns:
        cause = str(one.get("reason")).rpartition(" ")[2]
        for line in one["lines"]:
            yield Back(invoice, line["number"], line["quantity"], cause)


def _loose_ends(ledger: Iterable[Json], seen: Seen) -> int:
    """Count causes that are no order that stands, no return and no opening, and leave a trace.

    A refused order may have reserved some of its goods; it must have given back all of them.
    """
    nets: Counter[tuple[str, str]] = Counter()
    for movement in ledger:
        if movement["kind"] not in {"opening", "return"} and movement["cause"] not in seen.invoices:
            for name in ("available", "reserved"):
                nets[movement["cause"], name] += movement[name]
    return sum(1 for net in nets.values() if net)
