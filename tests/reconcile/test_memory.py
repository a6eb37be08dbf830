"""What is held at once does not grow with what there is."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from core.crm.subjects import Subject
from core.hubspot.client import HubspotClient
from core.reconcile import reconciler

if TYPE_CHECKING:
    from tests.reconcile.shop import ReconciledShop

PAGE = 5


@pytest.mark.parametrize("products", [15, 45])
def test_memory_is_bounded_by_a_page(
    shop: ReconciledShop, monkeypatch: pytest.MonkeyPatch, products: int
) -> None:
    """Guarantee: at every call of HubSpot no more of our records than two pages are in memory."""
    monkeypatch.setattr(reconciler, "PAGE", PAGE)
    shop.products([f"S-{n:04}" for n in range(products)])
    shop.settle()
    gc.collect()
    held: list[int] = []
    send = HubspotClient.send

    def counted(client: Any, call: Any) -> Any:
        held.append(sum(isinstance(thing, Subject) for thing in gc.get_objects()))
        return send(client, call)

    monkeypatch.setattr(HubspotClient, "send", counted)
    run = shop.reconcile()
    assert run.looked["products"] == products
    assert run.drift == {}
    assert 0 < max(held) <= 2 * PAGE
