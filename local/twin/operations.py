"""The table of endpoints, for each API version that the twin speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from local.twin import (
    account,
    associations,
    batch,
    contacts,
    objects,
    pipelines_api,
    properties_api,
)
from local.twin.auth import Demand, object_scopes, schema_scopes
from local.twin.call import Answer, Call
from local.twin.chain import Operation
from local.twin.limits import Limited
from local.twin.search import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.twin.limits import Limiter

DATED = ("2026-09", "2026-03")
Handle = Callable[[Call], Answer]
Demands = Callable[[Call], list[Demand]]


def all_operations(limiter: Callable[[], Limiter]) -> list[Operation]:
    """Return every endpoint, those with literal paths before those with names in them.

    Routes are tried in this order: what is called most comes first.
    """
    return [
        *(o for version in DATED for o in _dated(version, limiter)),
        *_account("/account-info/v3", "v3", limiter),
        *_properties("/crm/v3/properties", "v3"),
        *_pipelines("/crm/v3/pipelines", "v3"),
        *_associations("/crm/v4/associations", "v4"),
        *_record_associations("/crm/v4/objects", "v4"),
        *_objects("/crm/v3/objects", "v3"),
    ]


def _dated(version: str, limiter: Callable[[], Limiter]) -> Iterator[Operation]:
    yield from _objects(f"/crm/objects/{version}", version)
    yield from _associations(f"/crm/associations/{version}", version)
    yield from _record_associations(f"/crm/objects/{version}", version)
    yield from _properties(f"/crm/properties/{version}", version)
    yield from _pipelines(f"/crm/pipelines/{version}", version)
    yield from _account(f"/account-info/{version}", version, limiter)


def _needs(action: str) -> Demands:
    return lambda call: [object_scopes(call.kind(), action, call.version)]


def _needs_schema(action: str) -> Demands:
    return lambda call: [schema_scopes(call.kind(), action)]


def _needs_both(action: str, source: str = "fromObjectType") -> Demands:
    return lambda call: [
        object_scopes(call.kind(name), action, call.version) for name in (source, "toObjectType")
    ]


def _objects(base: str, version: str) -> Iterator[Operation]:
    of_type = base + "/{objectType}"
    one = of_type + "/{objectId}"

    def make(method: str, path: str, handle: Handle, action: str = "write") -> Operation:
        limited = Limited.SEARCH if handle is search else Limited.GENERAL
        return Operation(method, path, version, handle, _needs(action), limited)

    yield make("POST", of_type + "/batch/create", batch.create)
    yield make("POST", of_type + "/batch/read", batch.read, "read")
    yield make("POST", of_type + "/batch/update", batch.update)
    yield make("POST", of_type + "/batch/upsert", batch.upsert)
    yield make("POST", of_type + "/batch/archive", batch.archive_all)
    yield make("POST", of_type + "/search", search, "read")
    yield make("POST", of_type + "/merge", contacts.merge)
    yield make("POST", of_type + "/gdpr-delete", contacts.gdpr_delete)
    yield make("GET", of_type, objects.list_page, "read")
    yield make("POST", of_type, objects.create)
    yield make("GET", one, objects.read, "read")
    yield make("PATCH", one, objects.update)
    yield make("DELETE", one, objects.delete)


def _associations(base: str, version: str) -> Iterator[Operation]:
    pair = base + "/{fromObjectType}/{toObjectType}/batch"
    table = {
        "create": (associations.batch_create, "write"),
        "associate/default": (associations.batch_default, "write"),
        "read": (associations.batch_read, "read"),
        "archive": (associations.batch_archive, "write"),
        "labels/archive": (associations.batch_labels_archive, "write"),
    }
    for path, (handle, action) in table.items():
        yield Operation(
            "POST", f"{pair}/{path}", version, handle, _needs_both(action), Limited.ASSOCIATIONS
        )


def _record_associations(base: str, version: str) -> Iterator[Operation]:
    default = base + (
        "/{fromObjectType}/{fromObjectId}/associations/default/{toObjectType}/{toObjectId}"
    )
    listed = base + "/{objectType}/{objectId}/associations/{toObjectType}"

    def make(method: str, path: str, handle: Handle, demands: Demands) -> Operation:
        return Operation(method, path, version, handle, demands, Limited.ASSOCIATIONS)

    yield make("PUT", default, associations.put_default, _needs_both("write"))
    writes = _needs_both("write", "objectType")
    yield make("PUT", listed + "/{toObjectId}", associations.put, writes)
    yield make("DELETE", listed + "/{toObjectId}", associations.delete, writes)
    if version != "2026-09":
        yield make("GET", listed, associations.list_page, _needs_both("read", "objectType"))


def _account(base: str, version: str, limiter: Callable[[], Limiter]) -> Iterator[Operation]:
    def usage(call: Call) -> Answer:
        return account.daily_usage(call, limiter())

    def nothing(_call: Call) -> list[Demand]:
        return [(frozenset({"oauth"}),)]

    yield Operation("GET", base + "/details", version, account.details, nothing, setup=True)
    yield Operation(
        "GET", base + "/api-usage/daily/private-apps", version, usage, nothing, setup=True
    )


def _properties(base: str, version: str) -> Iterator[Operation]:
    of_type = base + "/{objectType}"
    groups, one = of_type + "/groups", of_type + "/{propertyName}"

    def make(method: str, path: str, handle: Handle, action: str = "write") -> Operation:
        return Operation(method, path, version, handle, _needs_schema(action), setup=True)

    yield make("POST", of_type + "/batch/create", properties_api.batch_create)
    yield make("POST", of_type + "/batch/read", properties_api.batch_read, "read")
    yield make("POST", of_type + "/batch/archive", properties_api.batch_archive)
    yield make("GET", groups, properties_api.list_groups, "read")
    yield make("POST", groups, properties_api.create_group)
    yield make("GET", groups + "/{groupName}", properties_api.read_group, "read")
    yield make("GET", of_type, properties_api.list_all, "read")
    yield make("POST", of_type, properties_api.create)
    yield make("GET", one, properties_api.read, "read")
    yield make("PATCH", one, properties_api.update)
    yield make("DELETE", one, properties_api.archive)


def _pipelines(base: str, version: str) -> Iterator[Operation]:
    of_type = base + "/{objectType}"
    one = of_type + "/{pipelineId}"
    stages = one + "/stages"

    def make(method: str, path: str, handle: Handle, action: str = "write") -> Operation:
        return Operation(method, path, version, handle, _needs_schema(action), setup=True)

    yield make("GET", of_type, pipelines_api.list_all, "read")
    yield make("POST", of_type, pipelines_api.create)
    yield make("GET", one, pipelines_api.read, "read")
    yield make("GET", stages, pipelines_api.list_stages, "read")
    yield make("POST", stages, pipelines_api.create_stage)
    yield make("GET", stages + "/{stageId}", pipelines_api.read_stage, "read")
