"""What can be wrong with a tenant's portal and token, each in words for a person.

Pure rules: they are given what HubSpot and the secret say, and return findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm import provisioning, versions
from core.crm.scopes import NEEDED, purpose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from typing import Any

    from core.crm.properties import ObjectType

MAX_AGE_DAYS = 90
"""A token is to be replaced when it is as old as this."""

ROTATION_DAYS = 7
"""HubSpot keeps a rotated key alive for as long as this; after it, `previous` has no use."""

_PROVISION = "Run `countersign hubspot provision`."
_ANY_PORTAL = ("", "0")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a stable code, what it is, why it matters, what to do."""

    code: str
    what: str
    why: str
    todo: str


def unreadable(how: str) -> Finding:
    """Return that a secret cannot be understood."""
    return Finding(
        "secret_unreadable",
        f"{how[:1].upper()}{how[1:]}.",
        "Nothing can be read from or written to HubSpot.",
        'Put {"token": "pat-…", "previous": null} into it.',
    )


def not_connected(tenant: str) -> Finding:
    """Return that nobody has let the OAuth app into the portal yet."""
    return Finding(
        "not_connected",
        "The OAuth app has not been let into the portal.",
        "There is no token, so nothing can be read from or written to HubSpot.",
        f"Run `countersign hubspot connect --tenant {tenant}`.",
    )


def fallen_back() -> Finding:
    """Return that only the previous token still works."""
    return Finding(
        "token_refused",
        "HubSpot does not accept the token; calls go with the previous one.",
        "HubSpot ends a previous token, at the latest seven days after its rotation.",
        "Put the right new token into the secret.",
    )


def refused(*, oauth: bool) -> Finding:
    """Return that no token works."""
    todo = (
        "See the alarms HubspotGrantEnded and HubspotRefreshFailed; connect the app again."
        if oauth
        else "Put a live token into the secret: docs/hubspot-credentials.md."
    )
    return Finding(
        "no_token_accepted",
        "HubSpot does not accept the token.",
        "Nothing can be read from or written to HubSpot. What is owed waits.",
        todo,
    )


def scopes(granted: Collection[str]) -> list[Finding]:
    """Return a finding for each scope that the token lacks, and for each that it has in vain."""
    lacking = [
        Finding(
            "scope_missing",
            f"The token lacks the scope {scope}.",
            f"HubSpot refuses calls about {purpose(scope)} without it.",
            "Grant it to the key or app in HubSpot; an OAuth app must then be connected again.",
        )
        for scope in sorted(NEEDED - set(granted))
    ]
    return lacking + [
        Finding(
            "scope_unneeded",
            f"The token has the scope {scope}, which Countersign never uses.",
            "Whoever gets hold of the token can do that much more with it.",
            "Take the scope from the key or app in HubSpot.",
        )
        for scope in sorted(set(granted) - NEEDED)
    ]


def portal(expected: str, actual: str, others: Mapping[str, str]) -> list[Finding]:
    """Compare the portal that the token opens with the declared one, and with other tenants'.

    `others` are the portals of the deployment's other tenants, by tenant.
    """
    found = []
    if expected in _ANY_PORTAL:
        found.append(
            Finding(
                "portal_not_declared",
                f"The tenant names no portal; its token opens {actual}.",
                "A token of a wrong portal would be noticed only when records stand there.",
                f'Set "hubspot_portal_id": "{actual}" for the tenant in cdk.json and deploy.',
            )
        )
    elif expected != actual:
        found.append(
            Finding(
                "portal_wrong",
                f"The token opens portal {actual}, but this tenant's portal is {expected}.",
                "This shop's orders and customers would go into another account.",
                "Put a token of the right portal into the secret, or correct hubspot_portal_id.",
            )
        )
    found += [
        Finding(
            "portal_shared",
            f"The tenant {tenant} has the same portal, {actual}.",
            "Each would spend HubSpot's quota as if it had it alone, and records would mix.",
            "Give each tenant a portal of its own, or make one tenant of the two.",
        )
        for tenant, theirs in sorted(others.items())
        if theirs == actual
    ]
    return found


def version(spoken: str, today: date) -> list[Finding]:
    """Return what is to be said about the API version."""
    end = versions.SUPPORTED_UNTIL.get(spoken)
    change = "Set hubspot_api_version to a newer version in cdk.json and deploy."
    if end is None:
        return [
            Finding(
                "version_unknown",
                f"Countersign was never tried with HubSpot's API version {spoken}.",
                "Paths, fields or errors may differ from those that it expects.",
                f"Set hubspot_api_version to one of {', '.join(versions.SUPPORTED_UNTIL)}.",
            )
        ]
    left = (end - today).days
    if left >= versions.NOTICE_DAYS:
        return []
    ends = "ended" if left < 0 else "ends"
    return [
        Finding(
            "version_ends",
            f"HubSpot's support for API version {spoken} {ends} on {end.isoformat()}.",
            "After that day its calls may fail at any time.",
            change,
        )
    ]


def properties(kind: ObjectType, defined: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return which of our properties a type lacks, and which are not as they must be."""
    found, missing = provisioning.compare(kind, defined)
    why = f"HubSpot refuses {kind} whose values name a property that it does not have."
    lacking = [
        Finding(
            "property_missing",
            f"{kind}: the property {wanted.name} does not exist, or is archived.",
            why,
            _PROVISION,
        )
        for wanted in missing
    ]
    return lacking + [
        Finding(
            "property_wrong",
            sentence,
            f"HubSpot refuses or misplaces {kind} that are pushed to it.",
            _PROVISION,
        )
        for sentence in found.wrong
    ]


def stages(labels: Iterable[str]) -> list[Finding]:
    """Return which stages the order pipeline lacks."""
    return [
        Finding(
            "stage_missing",
            sentence,
            "Orders in that state cannot be shown, and are held back.",
            "Add the stage under the object settings of orders in HubSpot.",
        )
        for sentence in provisioning.pipeline_faults(labels)
    ]


def age(days: int, *, has_previous: bool) -> list[Finding]:
    """Return what the age of a secret's current value calls for."""
    found = []
    if days >= MAX_AGE_DAYS:
        found.append(
            Finding(
                "token_old",
                f"The token has stood in its secret for {days} days.",
                "The longer a token lives, the more places may hold a copy of it.",
                "Rotate it: docs/hubspot-credentials.md, Rotation.",
            )
        )
    if has_previous and days > ROTATION_DAYS:
        found.append(
            Finding(
                "previous_left",
                f"The previous token still stands in the secret, {days} days after the change.",
                "If HubSpot still accepts it, there are two tokens to lose.",
                'Set "previous" to null, and end the old token in HubSpot.',
            )
        )
    return found
