"""Where the lines of an order's page stand in HubSpot: one item a page, written if unchanged.

Sync and an operator both write it, each from what it read; `revision` lets the first one win.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.crm.ports import LinePage
from core.store import keys
from core.store.keys import Key
from core.store.table import Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.crm.ports import Key as Home
    from core.store.table import Item


def key(page: LinePage) -> Key:
    """Return the key of a page: it stands in its order's partition."""
    return keys.order_links(Key(*page.home), page.number)


def put_page(core_table: str, page: LinePage) -> Action:
    """Return the action that writes a page unless it changed since it was read."""
    unchanged = "revision = :revision" if page.revision else "attribute_not_exists(revision)"
    return Action(
        "Put",
        core_table,
        key(page),
        "links",
        {
            "lines": {str(number): there for number, there in page.links.items()},
            "parked": list(page.parked),
            "retried": list(page.retried),
            "revision": page.revision + 1,
        },
        condition=unchanged,
        values={":revision": page.revision} if page.revision else {},
    )


def owed_again(page: LinePage, line: int) -> LinePage:
    """Return a page of which one line is to be pushed, and its order told if it lands."""
    return replace(
        page,
        links={number: there for number, there in page.links.items() if number != line},
        parked=tuple(number for number in page.parked if number != line),
        retried=tuple(sorted({*page.retried, line})),
    )


def without(page: LinePage, lines: Collection[int]) -> LinePage:
    """Return a page of which lines are to be pushed again: where they stood is forgotten."""
    kept = {number: there for number, there in page.links.items() if number not in lines}
    return replace(page, links=kept)


def read_page(home: Home, number: int, item: Item | None) -> LinePage:
    """Read a page; one that was never written is empty."""
    there = item or {}
    return LinePage(
        home,
        number,
        {int(line): hubspot_id for line, hubspot_id in there.get("lines", {}).items()},
        tuple(there.get("parked", ())),
        tuple(there.get("retried", ())),
        there.get("revision", 0),
    )
