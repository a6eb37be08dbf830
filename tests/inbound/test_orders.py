"""Stages moved in HubSpot: followed where an order can go, undone where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.crm.properties import ObjectType
from core.orders.model import OrderState
from tests.inbound.shop import at

if TYPE_CHECKING:
    from tests.inbound.shop import ToldShop

STAGE = "hs_pipeline_stage"


def test_a_moved_stage_is_a_transition(shop: ToldShop) -> None:
    """Row 20: an order moved in HubSpot moves here, with its stock and an entry of its own."""
    order, there = shop.sold()
    before = shop.available()
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Cancelled")})
    assert shop.look() == {"applied": 1}
    assert shop.header(order).state is OrderState.CANCELLED
    assert shop.available() == before + 2
    (entry,) = shop.entries("order.cancelled")
    assert (entry["door"], entry["resource"]) == ("hubspot", f"order/{order}")


def test_the_same_word_again_does_nothing(shop: ToldShop) -> None:
    """Row 11: a notice repeated, before or after sync, moves nothing a second time."""
    order, there = shop.sold()
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Shipped")})
    notices = shop.told()
    assert shop.look(notices * 2) == {"applied": 1}
    version = shop.header(order).version
    assert shop.look(notices).keys() <= {"soon", "in_step"}
    shop.sync()
    assert shop.look(notices) == {"in_step": 1}
    assert shop.header(order).version == version
    assert len(shop.entries()) == 1


def test_an_impossible_move_is_undone_and_noted(shop: ToldShop) -> None:
    """It is pushed back, and the order says in HubSpot why; nothing moves here."""
    order, there = shop.sold()
    shop.move(order, OrderState.SHIPPED)
    shop.sync()
    shop.told()
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Open")})
    assert shop.look() == {"undone": 1}
    assert shop.header(order).state is OrderState.SHIPPED
    shop.sync()
    properties = shop.one("orders", countersign_order_id=order)["properties"]
    assert properties[STAGE] == shop.stage("Shipped")
    assert "moved back to Shipped" in properties["countersign_note"]
    assert [e["action"] for e in shop.entries()] == ["inbound.undone"]
    assert shop.look([at(ObjectType.ORDERS, there)]) == {"in_step": 1}


def test_a_move_is_not_undone_by_another_change_here(shop: ToldShop) -> None:
    """Neither direction undoes the other: a push that is due does not carry the old stage."""
    order, there = shop.sold()
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Paid")})
    notices = shop.told()
    shop.reach(order, "placed")  # owed to HubSpot again, as a return would
    shop.sync()
    assert shop.one("orders", countersign_order_id=order)["properties"][STAGE] == shop.stage("Paid")
    assert shop.look(notices) == {"applied": 1}
    assert shop.header(order).state is OrderState.PAID


def test_two_moves_go_through_the_state_machine(shop: ToldShop) -> None:
    """Paid here and shipped there, at once: shipped. Cancelled here, shipped there: undone."""
    order, there = shop.sold()
    shop.move(order, OrderState.PAID)
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Shipped")})
    assert shop.look() == {"applied": 1}
    assert shop.header(order).state is OrderState.SHIPPED
    other, there = shop.sold()
    shop.move(other, OrderState.CANCELLED)
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Shipped")})
    assert shop.look() == {"undone": 1}
    assert shop.header(other).state is OrderState.CANCELLED


def test_our_own_move_is_no_news(shop: ToldShop) -> None:
    """An echo, by whichever app's token it was written, finds both sides in step."""
    order, there = shop.sold()
    shop.move(order, OrderState.PAID)
    shop.sync()
    assert shop.told() == ()  # the app's own changes are not even looked at
    assert shop.look([at(ObjectType.ORDERS, there)]) == {"in_step": 1}
    assert shop.entries() == []


def test_an_old_read_is_no_move(shop: ToldShop) -> None:
    """Moved and pushed between our two reads of HubSpot: looked at again, nothing undone."""
    order, there = shop.sold()
    shop.in_hubspot("orders", there, hs_source_store="Market")
    reading = shop.inbound._looking

    def moved_between(*parts: object) -> object:
        looking = reading(*parts)  # type: ignore[arg-type]  # as it was called
        real = looking.reading.live

        def live(*asked: object) -> object:
            shop.move(order, OrderState.PAID)
            shop.sync()
            return real(*asked)  # type: ignore[arg-type]  # as it was called

        object.__setattr__(looking, "reading", _Between(looking.reading, live))
        return looking

    shop.inbound._looking = moved_between  # type: ignore[method-assign,assignment]
    looked = shop.looked(shop.told())
    assert (looked.results, len(looked.later)) == ({}, 1)
    assert shop.header(order).state is OrderState.PAID


class _Between:
    def __init__(self, reading: object, live: object) -> None:
        self.all = reading.all  # type: ignore[attr-defined]  # a Reading
        self.live = live


def test_an_order_on_its_way_is_looked_at_later(shop: ToldShop) -> None:
    """While its stock moves, an order is nowhere: HubSpot's word waits until it has arrived."""
    order, there = shop.sold()
    shop.reach(order, "shipping")
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Paid")})
    looked = shop.looked(shop.told())
    assert len(looked.later) == 1
    assert not looked.results


def test_totals_are_ours(shop: ToldShop) -> None:
    """What follows from the books is put right by sync, and counted."""
    order, there = shop.sold()
    shop.in_hubspot("orders", there, hs_total_price="1.00", countersign_tax="9")
    assert shop.look() == {"put_right": 1}
    shop.sync()
    properties = shop.one("orders", countersign_order_id=order)["properties"]
    assert properties["hs_total_price"] == "5.10"
    (entry,) = shop.entries("put_right")
    assert entry["fields"] == {"hs_total_price": "", "countersign_tax": ""}


def test_a_deleted_order_is_put_back_with_its_lines(shop: ToldShop) -> None:
    """What was sold stays in the books: a new record, its lines and its contact."""
    order, there = shop.sold()
    shop.delete_in_hubspot("orders", there)
    results = shop.look()
    assert results["deleted"] >= 1
    shop.sync()
    again = shop.one("orders", countersign_order_id=order)
    assert again["id"] != there
    assert len(again["associations"]["line_items"]) == 1
    assert len(again["associations"]["contacts"]) == 1
    shop.look([at(ObjectType.ORDERS, there)])
    shop.sync()
    assert len(shop.shown("orders")) == 1


def test_a_restored_order_is_taken_up_again(shop: ToldShop) -> None:
    """Restored before it was put back: the same record, no second one."""
    order, there = shop.sold()
    shop.delete_in_hubspot("orders", there)
    shop.look()
    shop.twin.call("POST", f"/_twin/records/orders/{there}/restore")
    shop.sync()
    shop.look()
    assert shop.one("orders", countersign_order_id=order)["id"] == there
    assert len(shop.shown("line_items")) == 1


def test_a_changed_or_deleted_line_is_put_back(shop: ToldShop) -> None:
    """A placed order's lines never change."""
    shop.sold()
    (line,) = shop.shown("line_items")
    shop.in_hubspot("line_items", line["id"], quantity="7")
    assert shop.look() == {"put_right": 1}
    shop.sync()
    (line,) = shop.shown("line_items")
    assert line["properties"]["quantity"] == "2"
    shop.told()
    shop.delete_in_hubspot("line_items", line["id"])
    assert shop.look() == {"deleted": 1}
    shop.sync()
    (again,) = shop.shown("line_items")
    assert again["id"] != line["id"]


def test_what_is_nobody_of_ours_is_left_alone(shop: ToldShop) -> None:
    """An order that somebody made in HubSpot by hand is none of ours."""
    body = {"properties": {"hs_order_name": "by hand"}, "associations": []}
    shop.as_person("orders", body)
    (made,) = shop.shown("orders")
    assert shop.look([at(ObjectType.ORDERS, made["id"])]) == {"foreign": 1}


def test_the_state_machine_is_the_same_as_the_apis(shop: ToldShop) -> None:
    """What `POST /transitions` refuses, a moved stage cannot do either."""
    order, there = shop.sold()
    shop.in_hubspot("orders", there, **{STAGE: shop.stage("Refunded")})
    assert shop.look() == {"undone": 1}
    assert shop.header(order).state is OrderState.PLACED
