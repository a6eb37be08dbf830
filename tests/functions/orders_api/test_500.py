"""500: what nobody foresaw is told to the log alone."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.support.problems import assert_problem
from tests.support.shop import order

if TYPE_CHECKING:
    from tests.support.shop import Shop

SECRET = "pat-na1-11111111-2222-3333-4444-555555555555"  # noqa: S105 - nobody's


def test_an_unforeseen_error_shows_nothing(shop: Shop) -> None:
    """Guarantee: the caller gets a code and a request id; the log gets the rest, masked."""
    shop.stock("A", 1)
    failure = RuntimeError(f"table main#SKU of ann@example.org with {SECRET}")
    printed = StringIO()
    stream = shop.handlers[1].edge.log.registered_handler
    with (
        patch("core.store.table.get_many", side_effect=failure),
        patch.object(stream, "stream", printed),
    ):
        reply = shop.door.place(order())
    assert_problem(reply, 500, "internal_error")
    assert "ann" not in reply.text
    logged = printed.getvalue()
    (line,) = [json.loads(text) for text in logged.splitlines() if '"ERROR"' in text]
    assert line["correlation_id"] == reply.json["instance"].removeprefix("urn:request:")
    assert "RuntimeError" in line["exception"]
    assert "ann@example.org" not in logged
    assert SECRET not in logged
