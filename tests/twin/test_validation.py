"""Property values: what is refused, in HubSpot's words, and how values are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.twin.test_objects import VERSIONS, create

if TYPE_CHECKING:
    from tests.support.running_twin import RunningTwin

BASE = VERSIONS["2026-09"]


def test_an_unknown_property_is_refused_as_hubspot_words_it(twin: RunningTwin) -> None:
    """The body is the recorded one, part by part."""
    body = {"properties": {"testproperty": "x"}, "associations": []}
    reply = twin.call("POST", f"{BASE}/contacts", body)
    assert reply.status == 400
    told = reply.body["message"].removeprefix("Property values were not valid: ")
    words = 'Property "testproperty" does not exist'
    assert json.loads(told) == [
        {
            "isValid": False,
            "message": words,
            "error": "PROPERTY_DOESNT_EXIST",
            "name": "testproperty",
            "localizedErrorMessage": words,
            "portalId": 1,
        }
    ]
    assert reply.body["errors"] == [
        {
            "message": words,
            "code": "PROPERTY_DOESNT_EXIST",
            "context": {"propertyName": ["testproperty"]},
        }
    ]
    assert reply.body["category"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("kind", "name", "value", "code"),
    [
        ("products", "price", "cheap", "INVALID_NUMBER"),
        ("products", "price", "NaN", "INVALID_NUMBER"),
        ("products", "price", "Infinity", "INVALID_NUMBER"),
        ("products", "hs_product_type", "ghost", "INVALID_OPTION"),
        ("orders", "hs_external_created_date", "yesterday", "INVALID_LONG"),
        ("orders", "hs_pipeline", "nowhere", "INVALID_OPTION"),
        ("orders", "hs_pipeline_stage", "nowhere", "INVALID_OPTION"),
        ("contacts", "email", "not an address", "INVALID_EMAIL"),
        ("contacts", "hs_object_id", "7", "READ_ONLY_VALUE"),
        ("contacts", "createdate", "2026-01-01", "READ_ONLY_VALUE"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    twin: RunningTwin, kind: str, name: str, value: str, code: str
) -> None:
    """Each kind of property refuses what is not its kind, and nothing is made."""
    body = {"properties": {name: value}, "associations": []}
    reply = twin.call("POST", f"{BASE}/{kind}", body)
    assert (reply.status, reply.body["errors"][0]["code"]) == (400, code)
    assert twin.call("GET", f"{BASE}/{kind}").body["results"] == []


def test_every_bad_value_of_a_record_is_named(twin: RunningTwin) -> None:
    """One answer names them all."""
    body = {"properties": {"price": "x", "nope": "y", "name": "Teapot"}, "associations": []}
    reply = twin.call("POST", f"{BASE}/products", body)
    assert {e["context"]["propertyName"][0] for e in reply.body["errors"]} == {"price", "nope"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00.000Z"),
        ("2026-12-01T11:00:00.5+01:00", "2026-12-01T10:00:00.500Z"),
        ("1796119200000", "2026-12-01T10:00:00.000Z"),
    ],
)
def test_a_time_is_kept_in_utc_whatever_its_form(twin: RunningTwin, given: str, kept: str) -> None:
    """Who compares what was sent with what is read must compare times, not texts."""
    made = create(twin, BASE, "orders", hs_order_name="1", hs_external_created_date=given)
    assert made["properties"]["hs_external_created_date"] == kept


def test_an_email_is_kept_in_lower_case(twin: RunningTwin) -> None:
    """HubSpot lowers e-mail addresses, so answers differ from requests."""
    made = create(twin, BASE, "contacts", email="Ann@Example.COM")
    assert made["properties"]["email"] == "ann@example.com"


def test_a_stage_belongs_to_its_pipeline(twin: RunningTwin) -> None:
    """The default order pipeline has HubSpot's six stages, and takes each of them."""
    pipeline = twin.call("GET", "/crm/pipelines/2026-09/order").body["results"][0]
    labels = [s["label"] for s in pipeline["stages"]]
    assert labels == ["Open", "Paid", "Processed", "Shipped", "Cancelled", "Refunded"]
    for stage in pipeline["stages"]:
        made = create(
            twin,
            BASE,
            "orders",
            hs_order_name="1",
            hs_pipeline=pipeline["id"],
            hs_pipeline_stage=stage["id"],
        )
        assert made["properties"]["hs_pipeline_stage"] == stage["id"]


def test_numbers_in_json_are_read_as_text(twin: RunningTwin) -> None:
    """HubSpot is lenient here, its documents are not: values leave as strings."""
    body = {"properties": {"price": 12, "name": "Teapot"}, "associations": []}
    reply = twin.call("POST", f"{BASE}/products", body)
    assert reply.body["properties"]["price"] == "12"
    twin.twin.recorder.kept.clear()  # the request breaks the documents, on purpose
