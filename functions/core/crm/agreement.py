"""What a push carries of the fields that both sides may change, and what it leaves agreed.

A shared value that has not changed here since both sides had the same is not sent: HubSpot may have
a newer one by now, which inbound takes over. A value that HubSpot owns only fills a new record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.crm.ownership import PIPELINE, STAGE, Side

if TYPE_CHECKING:
    from core.crm.ownership import Ownership
    from core.crm.records import Link
    from core.crm.subjects import Subject


def to_send(subject: Subject, ownership: Ownership) -> Subject:
    """Return the subject with the properties that its push carries."""
    if subject.link is None:
        return subject
    kept = ownership.having(subject.type, Side.HUBSPOT) | {
        name
        for name in ownership.having(subject.type, Side.BOTH)
        if name in subject.properties
        and subject.link.agreed.get(name) == subject.fingerprint(name, subject.properties[name])
    }
    if STAGE in kept:  # a stage means nothing without its pipeline, nor the reverse
        kept |= {PIPELINE}
    properties = {k: v for k, v in subject.properties.items() if k not in kept}
    return replace(subject, properties=properties)


def landed(link: Link, subject: Subject, ownership: Ownership) -> Link:
    """Return the link after HubSpot has taken the subject: its shared values are agreed."""
    agreed = {
        name: subject.fingerprint(name, subject.properties[name])
        for name in ownership.having(subject.type, Side.BOTH)
        if name in subject.properties and name not in link.withheld
    }
    before = subject.link.agreed if subject.link else {}
    return replace(link, agreed={**before, **agreed})
