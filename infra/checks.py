"""What is wrong with a deployment's settings, in words for the person who wrote them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phonenumbers import SUPPORTED_REGIONS

from core.access.scopes import SCOPES
from core.crm.ownership import problems as ownership_problems
from core.routes import Door, live_at
from infra import FUNCTIONS
from infra.alarms import BY_NAME
from infra.issuers import issuer_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.deployment import Caller, Deployment, Tenant

TENANT = re.compile(r"[a-z][a-z0-9-]{0,15}")
"""A tenant's id, as the functions understand it (a test holds the two together)."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch Logs accepts as a retention."""

VENDED = "vended"
"""The role whose sessions we vend is `<deployment>-vended`; no caller's role may take its name."""

AUTHS = ("token", "oauth")
"""What may open a tenant's portal."""

PLATFORMS = ("aarch64", "x86_64")

LOCK_MODES = ("GOVERNANCE", "COMPLIANCE")
"""How S3's Object Lock can keep an object."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")
_CALLER = re.compile(r"[a-z][a-z0-9-]{0,30}")
_ORIGIN = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9]\d{0,4})?")
"""As a browser writes it (RFC 6454, section 6.2): lower case, no path, no slash at its end."""

_PYTHON = re.compile(r"python3\.\d{1,2}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_MOST_DOMAINS = 1_000
"""Characters of all blocked domains: a function's variables have 4 KB together."""

HUBSPOT_READS = frozenset(r.scope for r in live_at(Door.HUBSPOT) if r.scope)
"""What users of a portal may be given: the scopes of the hubspot door's routes."""


def problems(deployment: Deployment) -> Iterator[str]:
    """Yield one line for each mistake."""
    yield from _basics(deployment)
    yield from _tenants(deployment)
    yield from _numbers(deployment)
    yield from _blocked(deployment)
    for folder in deployment.reserved_concurrency:
        if not (FUNCTIONS / folder / "handler.py").is_file():
            yield f"reserved_concurrency: no function {folder!r}"
    for name in ("hubspot_base_url", "hubspot_app_url", "hubspot_public_url", "signed_public_url"):
        url = getattr(deployment, name)
        if url is not None and not re.fullmatch(r"https?://\S*[^/\s]", url):
            yield f"{name} {url!r}: http(s)://… without a slash at its end"
    yield from _origins(deployment)
    for number, caller in enumerate(deployment.callers):
        who = f"caller {caller.name or caller.role_arn or number}"
        yield from (f"{who}: {line}" for line in _caller(deployment, caller))
    yield from issuer_problems(deployment)
    for name, threshold in deployment.alarm_thresholds.items():
        if name not in BY_NAME or not isinstance(threshold, int | float) or threshold <= 0:
            yield f"alarm_thresholds: {name} {threshold!r} is no alarm with a number above 0"
    chosen = ownership_problems(deployment.field_ownership)
    yield from (f"field_ownership: {line}" for line in chosen)
    roles = [c.role_arn or c.name for c in deployment.callers]
    if len(set(roles)) < len(roles):
        yield "callers: a role stands there twice"


def _origins(d: Deployment) -> Iterator[str]:
    for origin in d.cors_origins:
        if not _ORIGIN.fullmatch(origin):
            yield f"cors_origins {origin!r}: https://host or https://host:port, and no wildcard"


def _basics(d: Deployment) -> Iterator[str]:
    if not _NAME.fullmatch(d.name):
        yield f"name {d.name!r}: a letter, then up to 31 letters, digits or dashes"
    if d.account is not None and not re.fullmatch(r"\d{12}", d.account):
        yield f"account {d.account!r}: twelve digits, as a string"
    if not _PYTHON.fullmatch(d.runtime):
        yield f"runtime {d.runtime!r}: like python3.13"
    if d.platform not in PLATFORMS:
        yield f"platform {d.platform!r}: one of {', '.join(PLATFORMS)}"
    if d.audit_lock_mode not in LOCK_MODES:
        yield f"audit_lock_mode {d.audit_lock_mode!r}: one of {', '.join(LOCK_MODES)}"


def _tenants(d: Deployment) -> Iterator[str]:
    if not d.tenants:
        yield "tenants: at least one"
    for tenant in d.tenants:
        if not TENANT.fullmatch(tenant.id):
            yield f"tenant {tenant.id!r}: a lower-case letter, then up to 15 of a-z, 0-9 and dash"
        if tenant.phone_region and tenant.phone_region not in SUPPORTED_REGIONS:
            yield f"tenant {tenant.id}: phone_region is a country as in GB"
        yield from (f"tenant {tenant.id}: {line}" for line in _portal(tenant))
    if len({t.id for t in d.tenants}) < len(d.tenants):
        yield "tenants: an id stands there twice"
    portals = [t.hubspot_portal_id for t in d.tenants]
    if len(set(portals)) < len(portals):
        yield "tenants: a HubSpot portal stands there twice, so nobody knows whose its webhooks are"
    for tenant in d.tenants:
        if tenant.hubspot_auth not in AUTHS:
            yield f"tenant {tenant.id!r}: hubspot_auth is one of {', '.join(AUTHS)}"


def _blocked(d: Deployment) -> Iterator[str]:
    for domain in d.blocked_email_domains:
        if not _DOMAIN.fullmatch(domain):
            yield f"blocked_email_domains: {domain!r} is no domain in lower case (xn--… if it must)"
    if len(" ".join(d.blocked_email_domains)) > _MOST_DOMAINS:
        yield f"blocked_email_domains: at most {_MOST_DOMAINS} characters together"


def _portal(tenant: Tenant) -> Iterator[str]:
    if not re.fullmatch(r"\d{1,20}", tenant.hubspot_portal_id):
        yield f"hubspot_portal_id {tenant.hubspot_portal_id!r}: digits, as a string"
    if unknown := sorted(set(tenant.hubspot_reads) - HUBSPOT_READS):
        there = ", ".join(sorted(HUBSPOT_READS))
        yield f"hubspot_reads: no {', '.join(unknown)}; there are {there}"


def _numbers(d: Deployment) -> Iterator[str]:
    if d.log_retention_days not in RETENTION_DAYS:
        yield f"log_retention_days: one of {', '.join(map(str, RETENTION_DAYS))}"
    least = {
        "throttle_rate": 1,
        "throttle_burst": 1,
        "principal_rate": 1,
        "principal_burst": 1,
        "vends_per_minute": 1,
        "order_linger_seconds": 0,
        "stock_linger_seconds": 0,
        "reconcile_full_hours": 0,
        "reconcile_changes_minutes": 0,
        "waf_rate_limit": 10,
        "audit_lock_days": 1,
    }
    for name, number in least.items():
        value = getattr(d, name)
        if value is not None and value < number:
            yield f"{name}: at least {number}"


def _caller(d: Deployment, caller: Caller) -> Iterator[str]:
    if caller.create == bool(caller.role_arn):
        yield "either create with a name, or a role_arn"
    if caller.create and not _CALLER.fullmatch(caller.name):
        yield "a name of a lower-case letter, then up to 30 of a-z, 0-9 and dash"
    if caller.create and caller.name == VENDED:
        yield f"{VENDED} is the name of the role whose sessions are vended"
    if caller.role_arn and not caller.account:
        yield "role_arn must be the ARN of one IAM role, not of a session, a user or an account"
    if caller.role_arn and d.account is None:
        yield "set account, so that own and foreign roles can be told apart"
    for tenant, scopes in caller.grants.items():
        if tenant not in {t.id for t in d.tenants}:
            yield f"no tenant {tenant!r}"
        unknown = sorted(set(scopes) - SCOPES)
        if unknown:
            yield f"no scope {', '.join(unknown)}"
