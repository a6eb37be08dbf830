"""Makes a portal ready: our property group and properties, and a look at all that we rely on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from core.crm import provisioning
from core.crm.properties import ADOPT_BY, GROUP, GROUP_LABEL, ObjectType
from core.crm.scopes import BY_TYPE
from core.errors import Misconfigured
from core.hubspot import paths

if TYPE_CHECKING:
    from core.hubspot.client import HubspotClient


@dataclass(slots=True)
class Report:
    """What was found and done. `problems` are sentences for a person; with none, all is well."""

    tenant: str
    api_version: str
    portal: dict[str, Any] = field(default_factory=dict)
    types: dict[str, provisioning.TypeReport] = field(default_factory=dict)
    order_stages: list[str] = field(default_factory=list)
    adopts_products_by_sku: bool = False
    problems: list[str] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """Return the report as JSON."""
        changed = any(report.created for report in self.types.values())
        return {"ok": not self.problems, "changed": changed, **asdict(self)}


def provision(hubspot: HubspotClient, tenant: str, portal_id: str, version: str) -> Report:
    """Create what is missing and report; a second run changes nothing.

    `core.errors.Unavailable` when HubSpot cannot now: run it again.
    """
    report = Report(tenant, version)
    try:
        details = hubspot.ask("GET", paths.account(version))
    except Misconfigured as refused:
        report.problems.append(f"The account does not open with this token: {refused.internal}")
        return report
    names = ("portalId", "accountType", "timeZone", "companyCurrency", "dataHostingLocation")
    report.portal = {name: details.get(name) for name in names}
    report.problems += provisioning.portal_faults(portal_id, str(details.get("portalId")))
    for kind in ObjectType:
        try:
            _type(hubspot, kind, version, report)
        except Misconfigured as refused:
            report.problems.append(f"{kind}: {refused.internal} (needs {', '.join(BY_TYPE[kind])})")
    _pipeline(hubspot, report)
    return report


def _type(hubspot: HubspotClient, kind: ObjectType, version: str, report: Report) -> None:
    defined = hubspot.ask("GET", paths.properties(version, kind))["results"]
    found, missing = provisioning.compare(kind, defined)
    report.types[kind] = found
    report.problems += found.wrong
    if missing:
        _group(hubspot, kind, version)
        inputs = [provisioning.definition(wanted) for wanted in missing]
        answer = hubspot.ask("POST", paths.create_properties(version, kind), {"inputs": inputs})
        for error in answer.get("errors") or ():
            report.problems.append(f"{kind}: {error.get('message')}")
    if kind is ObjectType.PRODUCTS:
        unique = {d["name"] for d in defined if d.get("hasUniqueValue")}
        report.adopts_products_by_sku = ADOPT_BY[kind] in unique


def _group(hubspot: HubspotClient, kind: ObjectType, version: str) -> None:
    path = paths.property_groups(version, kind)
    groups = hubspot.ask("GET", path)["results"]
    if all(group["name"] != GROUP for group in groups):
        hubspot.ask("POST", path, {"name": GROUP, "label": GROUP_LABEL})


def _pipeline(hubspot: HubspotClient, report: Report) -> None:
    try:
        report.order_stages = list(hubspot.order_stages())
    except Misconfigured as refused:
        report.problems.append(f"orders: {refused.internal}")
        return
    report.problems += provisioning.pipeline_faults(report.order_stages)
