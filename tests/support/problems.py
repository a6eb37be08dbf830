"""What every refusal must be: a problem of RFC 9457 that shows nothing of the inside."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.web.problems import MEDIA_TYPE, SAFETY_HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.doors import Reply
    from tests.support.shop import Shop

_INSIDE = re.compile(
    r"Traceback|File \"|boto|dynamodb|botocore|pydantic|\.py\b|arn:|ConditionalCheck|"
    r"main#|AccessDenied|NoneType|object at 0x|Exception",
    re.IGNORECASE,
)
MEMBERS = {"type", "title", "status", "code", "detail", "instance"}


def assert_problem(reply: Reply, status: int, code: str) -> None:
    """Check status, code, shape, headers, and that nothing of the inside is told."""
    assert (reply.status, reply.code) == (status, code), reply.text
    body = reply.json
    assert set(body) - {"errors", "current"} == MEMBERS
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["instance"].startswith("urn:request:")
    assert body["title"]
    assert body["detail"]
    for error in body.get("errors", ()):
        assert set(error) == {"field", "code", "message"}
    assert reply.headers["content-type"] == MEDIA_TYPE
    assert_safe(reply)
    assert not _INSIDE.search(reply.text), reply.text


def assert_safe(reply: Reply) -> None:
    """Check the headers that every answer carries."""
    for name, value in SAFETY_HEADERS.items():
        assert reply.headers[name.lower()] == value


@contextmanager
def nothing_written(shop: Shop) -> Iterator[None]:
    """Check that the block leaves all three tables as they were, to the last attribute."""
    before = shop.snapshot()
    yield
    assert shop.snapshot() == before
