"""One look at a tenant's portal: all that Countersign relies on there. It changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from core.crm import findings
from core.crm.properties import ObjectType
from core.errors import CountersignError, Misconfigured
from core.hubspot import paths
from core.hubspot.client import NotAccepted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.crm.credential import Credential
    from core.crm.findings import Finding
    from core.hubspot.client import HubspotClient
    from core.hubspot.portals import Portals

WEBHOOKS = (
    "Webhook subscriptions: HubSpot shows them to the app's developer only. Compare the app's page "
    "with webhooks-hsmeta.json of clients/hubspot."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The tenant to look at: its declared portal, and how many days its secret has stood.

    `oauth` says that its portal is to be opened by an OAuth app.
    """

    tenant: str
    portal_id: str
    age_days: int
    oauth: bool = False


@dataclass(slots=True)
class Report:
    """What was found; with no finding, all is well. `unchecked` are sentences."""

    tenant: str
    api_version: str
    token_age_days: int
    portal: str | None = None
    findings: list[Finding] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=lambda: [WEBHOOKS])

    def body(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {"ok": not self.findings, **asdict(self)}


class Check:
    """Looks at portals, by one API version and on one day."""

    def __init__(self, portals: Portals, version: str, today: date) -> None:
        """Keep the parts."""
        self._portals = portals
        self._version = version
        self._today = today

    def run(self, subject: Subject, others: Mapping[str, str]) -> Report:
        """Look at a tenant's portal; `others` are the other tenants' declared portals.

        `core.errors.Unavailable` when HubSpot cannot now: nothing is known then.
        """
        report = Report(subject.tenant, self._version, subject.age_days)
        report.findings += findings.version(self._version, self._today)
        try:
            credential = self._portals.credential(subject.tenant)
        except Misconfigured as error:
            report.findings.append(findings.unreadable(error.internal))
            return report
        if subject.oauth and not credential.is_oauth:
            report.findings.append(findings.not_connected(subject.tenant))
            return report
        kept = credential.previous is not None
        report.findings += findings.age(subject.age_days, has_previous=kept)
        hubspot = self._accepted(credential, report)
        if hubspot is not None:
            self._token(hubspot, credential, report)
            self._portal(hubspot, subject, others, report)
            self._records(hubspot, report)
        return report

    def _accepted(self, credential: Credential, report: Report) -> HubspotClient | None:
        """Return a client of the first token that HubSpot accepts; None when it accepts none."""
        current = self._portals.alone(credential.token)
        if self._accepts(current):
            return current
        previous = self._portals.alone(credential.previous) if credential.previous else None
        if previous is not None and self._accepts(previous):
            report.findings.append(findings.fallen_back())
            return previous
        report.findings.append(findings.refused(oauth=credential.is_oauth))
        return None

    def _accepts(self, hubspot: HubspotClient) -> bool:
        try:
            hubspot.ask("GET", paths.account(self._version))
        except NotAccepted:
            return False
        except Misconfigured:
            return True  # it lacks a scope, which is told with the other scopes
        return True

    def _token(self, hubspot: HubspotClient, credential: Credential, report: Report) -> None:
        """Compare the token's scopes with those that are needed."""
        granted = credential.scopes
        if not credential.is_oauth:
            try:
                told = hubspot.ask("POST", paths.TOKEN_INFO, {"tokenKey": hubspot.token})
            except Misconfigured:
                told = {}
            granted = frozenset(map(str, told.get("scopes") or ())) or None
        if granted is None:
            report.unchecked.append("Scopes: HubSpot does not tell those of this token.")
        else:
            report.findings += findings.scopes(granted)

    def _portal(
        self, hubspot: HubspotClient, subject: Subject, others: Mapping[str, str], report: Report
    ) -> None:
        """Compare the portal that the token opens with the declared one and with the others'."""
        try:
            actual = str(hubspot.ask("GET", paths.account(self._version))["portalId"])
        except Misconfigured:
            report.unchecked.append("Portal: the token may not see which account it opens.")
            return
        report.portal = actual
        real = {tenant: self._portal_of(tenant, said) for tenant, said in others.items()}
        report.findings += findings.portal(subject.portal_id, actual, real)

    def _portal_of(self, tenant: str, declared: str) -> str:
        """Return another tenant's portal: its token's, or what is declared if that is not told."""
        try:
            shown = self._portals.of(tenant).ask("GET", paths.account(self._version))
        except CountersignError:
            return declared  # whatever is wrong there is told when that tenant is looked at
        return str(shown["portalId"])

    def _records(self, hubspot: HubspotClient, report: Report) -> None:
        """Compare the portal's properties and order stages with those that are written."""
        for kind in ObjectType:
            try:
                defined = hubspot.ask("GET", paths.properties(self._version, kind))["results"]
            except Misconfigured as error:
                report.unchecked.append(f"Properties of {kind}: {error.internal}")
            else:
                report.findings += findings.properties(kind, defined)
        try:
            report.findings += findings.stages(hubspot.order_stages())
        except Misconfigured as error:
            report.unchecked.append(f"Stages of orders: {error.internal}")
