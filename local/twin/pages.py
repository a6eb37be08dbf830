"""Plain pages that show a portal's records as a newcomer would look for them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader
from starlette.responses import HTMLResponse
from starlette.routing import Route

from local.twin.catalog import TYPES, ObjectType, find_type
from local.twin.links import linked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from local.twin.state import Portal, Record
    from local.twin.twin import Twin

PAGE = 100
_TEMPLATES = Environment(
    loader=PackageLoader("local.twin"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
# Beside what a record is called; a property that the portal does not have is left out.
_COLUMNS = {
    "contacts": ("firstname", "lastname", "phone"),
    "companies": ("domain",),
    "deals": ("amount",),
    "products": (
        "hs_sku", "price", "countersign_on_hand", "countersign_reserved", "countersign_available",
    ),
    "line_items": ("hs_sku", "quantity", "price"),
    "orders": ("hs_external_created_date", "hs_total_price", "hs_currency_code"),
    "carts": ("hs_total_price",),
}  # fmt: skip


def routes(twin: Twin) -> list[Route]:
    """Return the pages' endpoints."""
    table = {"/": overview, "/records/{type}": listing, "/records/{type}/{id}": detail}
    return [Route(path, _endpoint(twin, show), methods=["GET"]) for path, show in table.items()]


def _endpoint(
    twin: Twin, show: Callable[[Twin, Request], HTMLResponse]
) -> Callable[[Request], Awaitable[HTMLResponse]]:
    async def run(request: Request) -> HTMLResponse:
        return show(twin, request)

    return run


def render(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made of a template."""
    page = _TEMPLATES.get_template(name).render(types=TYPES, **values)
    # Nothing on a page runs or loads: what a record holds stays text.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return HTMLResponse(page, status, {"Content-Security-Policy": policy})


def _portal(twin: Twin, request: Request) -> Portal | None:
    name = request.query_params.get("portal", "")
    if name.isdigit():
        return twin.portals.get(int(name))
    return next(iter(twin.portals.values()), None)


def _missing(what: str) -> HTMLResponse:
    return render("missing.html", 404, what=what)


def _live(portal: Portal, kind: ObjectType) -> list[Record]:
    return [r for r in portal.records[kind.type_id].values() if r.archived_at is None]


def title(record: Record) -> str:
    """Return what a person would call the record."""
    return record.properties.get(record.type.display) or f"{record.type.singular} {record.id}"


def overview(twin: Twin, request: Request) -> HTMLResponse:
    """Show how much of everything there is, and the newest orders."""
    portal = _portal(twin, request)
    if portal is None:
        return _missing("portal")
    counts = [(kind, len(_live(portal, kind))) for kind in TYPES]
    orders = _live(portal, next(k for k in TYPES if k.name == "orders"))[:-11:-1]
    rows = [_order_row(portal, o) for o in orders]
    return render("overview.html", portal=portal, counts=counts, rows=rows, stats=twin.stats.body())


def _order_row(portal: Portal, order: Record) -> dict[str, Any]:
    contact, lines = find_type("contacts"), find_type("line_items")
    if contact is None or lines is None:
        raise LookupError("the catalog lost a type")
    customers = linked(portal, order, contact)
    return {
        "id": order.id,
        "name": title(order),
        "stage": stage_label(portal, order),
        "customers": [(i, title(portal.records[contact.type_id][i])) for i in customers],
        "lines": len(linked(portal, order, lines)),
        "total": money(order, "hs_total_price"),
    }


def stage_label(portal: Portal, record: Record) -> str:
    """Return the label of the record's stage, as people see it."""
    kind = record.type
    stage = record.properties.get(kind.stage or "", "")
    for pipeline in portal.pipelines[kind.type_id].values():
        for known in pipeline.stages:
            if known.id == stage:
                return known.label
    return stage


def money(record: Record, name: str) -> str:
    """Return an amount with its currency, or nothing."""
    amount = record.properties.get(name)
    currency = record.properties.get("hs_currency_code") or record.properties.get(
        "hs_line_item_currency_code", ""
    )
    return f"{amount} {currency}".strip() if amount else ""


def listing(twin: Twin, request: Request) -> HTMLResponse:
    """Show the records of one type, newest first."""
    portal, kind = _portal(twin, request), find_type(request.path_params["type"])
    if portal is None or kind is None:
        return _missing("object type")
    found = _live(portal, kind)[::-1]
    last = max(1, -(-len(found) // PAGE))
    asked = request.query_params.get("page", "1")
    page = min(int(asked), last) if asked.isdigit() and int(asked) > 0 else 1
    shown = found[(page - 1) * PAGE : page * PAGE]
    return render(
        "listing.html",
        portal=portal,
        kind=kind,
        columns=_columns(portal, kind),
        records=[(r, title(r)) for r in shown],
        total=len(found),
        page=page,
        last=last,
    )


def _columns(portal: Portal, kind: ObjectType) -> list[tuple[str, str]]:
    """Return name and label of the columns of a type's list."""
    known = portal.properties[kind.type_id]
    return [(n, known[n].body["label"]) for n in _COLUMNS[kind.name] if n in known]


def detail(twin: Twin, request: Request) -> HTMLResponse:
    """Show one record: what it is linked to first, then every property."""
    portal, kind = _portal(twin, request), find_type(request.path_params["type"])
    record = None
    if portal is not None and kind is not None:
        record = portal.records[kind.type_id].get(request.path_params["id"])
    if portal is None or kind is None or record is None:
        return _missing("record")
    others = []
    for other in TYPES:
        ids = linked(portal, record, other)
        if ids and other.name != "line_items":
            others.append((other, [(i, title(portal.records[other.type_id][i])) for i in ids]))
    return render(
        "record.html",
        portal=portal,
        kind=kind,
        record=record,
        title=title(record),
        stage=stage_label(portal, record),
        total=money(record, "hs_total_price"),
        lines=_lines(portal, record),
        others=others,
    )


def _lines(portal: Portal, record: Record) -> list[dict[str, Any]]:
    """Return the line items with the names of their products and their amounts."""
    kind, products = find_type("line_items"), portal.records["0-7"]
    if kind is None:
        raise LookupError("the catalog lost a type")
    shown = []
    for id_ in linked(portal, record, kind):
        line = portal.records[kind.type_id][id_]
        product = products.get(line.properties.get("hs_product_id", ""))
        shown.append(
            {
                "id": id_,
                "name": title(line),
                "product_id": product.id if product else None,
                "product": title(product) if product else "",
                "sku": line.properties.get("hs_sku", ""),
                "quantity": line.properties.get("quantity", ""),
                "price": money(line, "price"),
                "amount": _amount(line),
            }
        )
    return shown


def _amount(line: Record) -> str:
    try:
        quantity = Decimal(line.properties.get("quantity", ""))
        return f"{quantity * Decimal(line.properties.get('price', '')):f}"
    except InvalidOperation:
        return ""
