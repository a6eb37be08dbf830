"""What must be so after a soak, worked out from the files and read apart from `functions/`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from local.demo.compare import Difference, differences
from local.demo.month.expected import expected_in_hubspot
from local.demo.month.twin_seen import TYPES, shown_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from local.demo.compare import Records
    from local.demo.month.api_seen import Seen
    from local.demo.month.expected import Shop as Goods
    from tests.support.direct_twin import DirectTwin

_read = TypeDeserializer().deserialize


def hubspot_differs(
    twin: DirectTwin, goods: Goods, seen: Seen, removed: set[str]
) -> list[Difference]:
    """Return every field in which the portal is not as the files say, and every record too many.

    What somebody deleted there is in the recycle bin and does not count. Lines of the SKUs in
    `removed` may name their product's old record (docs/reconcile.md).
    """
    every = {k: twin.call("GET", f"/_twin/records?type={k}").body[k] for k in TYPES}
    gone = {k: {r["id"] for r in some if r["archived"]} for k, some in every.items()}
    rows = {k: [_alive(r, gone) for r in some if not r["archived"]] for k, some in every.items()}
    labels = {s["id"]: s["label"] for s in _stages(twin)}
    pipelines = {"results": [{"stages": [{"id": i, "label": n} for i, n in labels.items()]}]}
    expected = expected_in_hubspot(goods)
    for (kind, _), fields in expected.items():
        if kind == "line_items" and fields["hs_sku"] in removed:
            del fields["product"]
    return differences(expected, shown_of(rows, pipelines, seen).records)


def store_differs(
    dynamodb: DynamoDBClient, core: str, goods: Goods, seen: Seen
) -> list[Difference]:
    """Return what of stock, ledger, orders and lines is not as the files say."""
    return differences(_expected(goods), _found(list(_items(dynamodb, core)), seen))


def _expected(goods: Goods) -> Records:
    records: Records = {}
    for sku in goods.opening:
        left = goods.left(sku)
        records["stock", sku] = {"available": left, "reserved": 0}
        records["ledger", sku] = {"available": left, "reserved": 0}
    for invoice in goods.standing.values():
        records["order", invoice.number] = {
            "state": "shipped",
            "total": invoice.total,
            "lines": [(n.sku, n.quantity, n.price) for n in invoice.lines],
        }
    return records


def _found(items: list[dict[str, Any]], seen: Seen) -> Records:
    records: Records = {}
    sums: Counter[tuple[str, str]] = Counter()
    pages: dict[str, list[tuple[str, Any]]] = {}
    for item in items:
        if "#LEDGER#" in item["pk"]:
            for column in ("available", "reserved"):
                sums[item["sku"], column] += item[column]
        elif item["sk"].startswith("LEVEL#"):
            columns = ("available", "reserved")
            records["stock", item["sku"]] = {name: item[name] for name in columns}
        elif item["sk"].startswith("PAGE#"):
            pages.setdefault(item["pk"], []).append((item["sk"], item["lines"]))
    for sku in {sku for sku, _ in sums}:
        records["ledger", sku] = {n: sums[sku, n] for n in ("available", "reserved")}
    for item in items:
        if item["sk"] == "HEADER":
            number = seen.invoices.get(item["id"], f"unknown {item['id']}")
            lines = [line for _, some in sorted(pages.get(item["pk"], [])) for line in some]
            records["order", number] = {
                "state": item["state"],
                "total": item["total"],
                "lines": [(n["sku"], n["quantity"], n["unit_price"]) for n in lines],
            }
    return records


def _items(dynamodb: DynamoDBClient, core: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=core):
        for item in page["Items"]:
            yield {name: _read(value) for name, value in item.items()}


def _alive(row: dict[str, Any], gone: dict[str, set[str]]) -> dict[str, Any]:
    """Return a record without its ties to what is in the recycle bin, which HubSpot hides."""
    ties = {
        kind: {i: labels for i, labels in there.items() if i not in gone.get(kind, set())}
        for kind, there in row["associations"].items()
    }
    return {**row, "associations": ties}


def _stages(twin: DirectTwin) -> list[dict[str, str]]:
    faults = twin.twin.faults
    faults.clear()
    body = twin.call("GET", "/crm/v3/pipelines/orders").body
    return [stage for pipeline in body["results"] for stage in pipeline["stages"]]
