"""Searches and reads of associations, as bodies, paths and outcomes."""

from __future__ import annotations

import json

from core.crm.calls import Input, Query, associated, search
from core.crm.outcomes import Ok, Reason, Result
from core.crm.properties import ObjectType
from core.hubspot import bodies, paths

CHANGED = Query(("countersign_order_id",), "17", since=1_795_300_500_000)


def test_a_search_asks_for_the_first_page_after_an_id() -> None:
    """Each page is its own search, sorted by id, of 200: `after` never comes near the end."""
    call = search(ObjectType.ORDERS, CHANGED, ["hs_pipeline_stage"])
    assert bodies.request(call) == {
        "filterGroups": [
            {
                "filters": [
                    {"propertyName": "countersign_order_id", "operator": "HAS_PROPERTY"},
                    {"propertyName": "hs_object_id", "operator": "GT", "value": "17"},
                    {
                        "propertyName": "hs_lastmodifieddate",
                        "operator": "GTE",
                        "value": "1795300500000",
                    },
                ]
            }
        ],
        "sorts": ["hs_object_id"],
        "properties": ["hs_pipeline_stage"],
        "limit": 200,
        "after": "0",
    }
    assert paths.batch("2026-09", call) == "/crm/objects/2026-09/orders/search"
    assert paths.batch("v3", call) == "/crm/v3/objects/orders/search"


def test_contacts_are_searched_by_their_own_date() -> None:
    """Contacts keep their last change under another name; either property makes one found."""
    body = bodies.request(search(ObjectType.CONTACTS, Query(("a", "b"), since=5), []))
    assert [group["filters"][0]["propertyName"] for group in body["filterGroups"]] == ["a", "b"]
    assert {group["filters"][2]["propertyName"] for group in body["filterGroups"]} == {
        "lastmodifieddate"
    }


def test_associations_are_asked_for_by_the_thousand_and_paged() -> None:
    """A record with more associations than one answer lists says from where on they go on."""
    inputs = [Input(str(n), str(n)) for n in range(1_001)]
    first, second = associated(ObjectType.ORDERS, ObjectType.LINE_ITEMS, inputs)
    assert (len(first.inputs), len(second.inputs)) == (1_000, 1)
    goes_on = second.with_inputs([Input("7", "7", after="500")])
    assert bodies.request(goes_on) == {"inputs": [{"id": "7", "after": "500"}]}
    assert paths.batch("v3", goes_on) == "/crm/v4/associations/orders/line_items/batch/read"
    answer = {
        "results": [
            {
                "from": {"id": "7"},
                "to": [{"toObjectId": 8, "associationTypes": []}, {"toObjectId": 9}],
                "paging": {"next": {"after": "9"}},
            },
            {"from": {"id": "6"}, "to": [{"toObjectId": "5"}]},
        ],
        "errors": [{"category": "OBJECT_NOT_FOUND", "message": "none", "context": {"id": ["4"]}}],
    }
    assert bodies.outcome(207, {}, json.dumps(answer).encode()) == Ok(
        (Result("7", to="8"), Result("7", to="9"), Result("6", to="5")),
        (Reason("OBJECT_NOT_FOUND", "none", ids=("4",)),),
        {"7": "9"},
    )


def test_a_search_says_how_many_there_are() -> None:
    """The total tells whether a page is the last one, however short it is."""
    answer = {"total": 3, "results": [{"id": "1", "properties": {}}]}
    assert bodies.outcome(200, {}, json.dumps(answer).encode()) == Ok((Result("1"),), total=3)
