"""An operator's command against the deployed function: its role may do what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign import parked

if TYPE_CHECKING:
    from countersign import Client
    from local.system import System

SKU = "PARKED-1"
HOME = f"main#SKU#{SKU}"
RECORD = "never-pushed"
ITEM: dict[str, Any] = {
    "pk": {"S": f"main#PARKED#products#{RECORD}"},
    "sk": {"S": "PARKED"},
    "type": {"S": "products"},
    "id": {"S": RECORD},
    "home": {"L": [{"S": HOME}, {"S": "PRODUCT"}]},
    "state": {"S": "parked"},
    "category": {"S": "VALIDATION_ERROR"},
    "message": {"S": "No."},
    "codes": {"L": []},
    "version": {"N": "1"},
    "refusals": {"N": "1"},
    "parked_at": {"N": "1"},
    "begun": {"S": "00000000000001"},
    "list_of": {"S": "main#parked:parked:products#0"},
    "list_by": {"S": "00000000000001"},
}
"""A refusal that sync did not write: under an id that it never pushes, so that nothing cures it."""


def test_parked_records_are_listed_retried_and_discarded(system: System, client: Client) -> None:
    """Guarantee: list, retry and discard work under the function's own role, and are audited."""
    session, function = system.target().session(), system.outputs.hubspot_parked_function
    client.put_product(SKU, {"name": "Mug", "price": 255, "currency": "GBP"})
    session.client("dynamodb").put_item(TableName="Countersign-core", Item=ITEM)
    (shown,) = parked.listed(session, function, "main", kind="products")
    assert (shown["id"], shown["of"]) == (RECORD, SKU)
    records = [{"kind": "products", "id": RECORD}, {"kind": "products", "id": "nobody"}]
    results = parked.change(session, function, "main", "retry", records)
    assert [r["result"] for r in results] == ["owed", "not_found"]
    (result,) = parked.change(session, function, "main", "discard", [shown])
    assert result["result"] == "discarded"
    assert list(parked.listed(session, function, "main", kind="products")) == []
    (gone,) = parked.listed(session, function, "main", state="discarded")
    assert gone["discarded_by"].startswith("arn:aws:")
