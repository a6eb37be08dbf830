"""409, 413 and 422: the state of the key, or the sense of the request, does not allow it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from core.clock import SystemClock
from core.store import keys, table
from core.web.body import MAX_BODY
from tests.support import tables
from tests.support.key_desk import ONE
from tests.support.problems import assert_problem, nothing_written

if TYPE_CHECKING:
    from tests.support.key_desk import KeyDesk
    from tests.support.shop import Shop

OVERLAP = {"overlap_seconds": 60}


def test_a_key_is_rotated_once(desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: the second rotation is told which key took the place: that one can be rotated."""
    old = desk.make()
    new = desk.call("rotate_key", OVERLAP, id=old["id"]).json
    with nothing_written(shop):
        reply = desk.call("rotate_key", OVERLAP, id=old["id"])
    assert_problem(reply, 409, "key_already_rotated")
    assert reply.json["current"] == {"rotated_to": new["id"]}
    assert desk.call("rotate_key", OVERLAP, id=new["id"]).status == 201


@pytest.mark.parametrize("ended", ["revoked", "expired", "cut"])
def test_what_opens_nothing_is_not_rotated(desk: KeyDesk, shop: Shop, ended: str) -> None:
    """Guarantee: a rotation brings no key back."""
    made = desk.make()
    now = SystemClock().now()
    if ended == "revoked":
        desk.call("revoke_key", id=made["id"])
    elif ended == "expired":
        now += 91 * 24 * 3600 * 1000
    else:
        home = keys.cut("main", f"key/{made['id']}")
        item = {"pk": home.pk, "sk": home.sk, "valid_from": now + 1}
        shop.dynamodb.put_item(TableName=tables.ACCESS, Item=table.to_wire(item))
    with patch.object(SystemClock, "now", lambda _: now), nothing_written(shop):
        reply = desk.call("rotate_key", OVERLAP, id=made["id"])
    assert_problem(reply, 409, "key_not_active")
    assert reply.json["current"] == {"status": ended}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (ONE | {"scopes": ["stock:read", "stock:*"]}, {"scopes.1": "unknown_scope"}),
        (ONE | {"vends": ["credentials:vend"]}, {"vends.0": "not_vendable"}),
        (ONE | {"vends": ["*"]}, {"vends.0": "not_vendable"}),
        (ONE | {"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "out_of_range"}),
        (ONE | {"name": "a\tb"}, {"name": "invalid_name"}),
        (ONE | {"networks": ["0.0.0.0/0"]}, {"networks.0": "invalid_network"}),
        (ONE | {"networks": ["10.0.0.1/8"]}, {"networks.0": "invalid_network"}),
    ],
)
def test_what_no_key_can_have_is_refused(
    signed_desk: KeyDesk, shop: Shop, body: dict[str, Any], fields: dict[str, str]
) -> None:
    """Guarantee: a scope, time or network that makes no sense is named, and no key is made."""
    with nothing_written(shop):
        reply = signed_desk.call("create_key", body)
    assert_problem(reply, 422, "invalid_key")
    assert reply.fields == fields


def test_a_key_lives_a_year_at_most(signed_desk: KeyDesk, shop: Shop) -> None:
    """Guarantee: an expiry beyond 365 days is refused."""
    later = (datetime.now(UTC) + timedelta(days=366)).isoformat()
    with nothing_written(shop):
        reply = signed_desk.call("create_key", ONE | {"expires_at": later})
    assert_problem(reply, 422, "invalid_key")
    nearly = (datetime.now(UTC) + timedelta(days=364)).isoformat()
    assert signed_desk.call("create_key", ONE | {"expires_at": nearly}).status == 201


@pytest.mark.parametrize("name", ["create_key", "rotate_key", "revoke_key"])
def test_a_body_has_a_limit(signed_desk: KeyDesk, shop: Shop, name: str) -> None:
    """Guarantee: what is larger than a body may be is refused unread."""
    made = signed_desk.make()
    with nothing_written(shop):
        reply = signed_desk.call(name, " " * (MAX_BODY + 1), id=made["id"])
    assert_problem(reply, 413, "body_too_large")
