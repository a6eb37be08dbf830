"""cdk-nag in every synth: any finding fails it, except those acknowledged by id and resource path.

cdk-nag itself lets an acknowledgment stand after its finding is gone. Here such a row is a finding
of its own, so that the table in `infra/acknowledged.py` never says more than is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra.acknowledged import acknowledged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdk_nag import NagPack

    from infra.acknowledged import Acknowledged
    from infra.deployment import Deployment

STALE = "Countersign-StaleAcknowledgment"


@jsii.implements(cdk.IPolicyValidationPlugin)
class Reviewed:
    """A pack of cdk-nag whose report leaves out what is acknowledged and adds what is stale."""

    def __init__(self, pack: NagPack, rows: Iterable[Acknowledged]) -> None:
        """Keep the rows that are about the pack's rules."""
        self._pack = pack
        prefix = f"{pack.read_pack_name}-"
        self._rows = {(r.finding, r.path): r for r in rows if r.finding.startswith(prefix)}

    @property
    def name(self) -> str:
        """The pack's name, which heads its part of the validation report."""
        return str(self._pack.read_pack_name)

    @property
    def version(self) -> str | None:
        """The pack's version."""
        return self._pack.version

    @property
    def rule_ids(self) -> list[str]:
        """Nothing: CDK wants rule ids for its own usage statistics only."""
        return []

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge the finished construct tree."""
        report = self._pack.validate_scope(context.app_construct)
        left: list[cdk.PolicyViolation] = []
        used: set[tuple[str, str]] = set()
        for violation in report.violations:
            found = violation.violating_resources
            places = {(violation.rule_name, str(resource.construct_path)) for resource in found}
            used |= places & set(self._rows)
            if places - set(self._rows):
                left.append(violation)
        left += [_stale(row) for key, row in self._rows.items() if key not in used]
        return cdk.PolicyValidationPluginReport(success=not left, violations=left)


def _stale(row: Acknowledged) -> cdk.PolicyViolation:
    return cdk.PolicyViolation(
        rule_name=STALE,
        description=f"Nothing there has the finding {row.finding} (any more)",
        fix="Take the row out of infra/acknowledged.py",
        severity="error",
        violating_resources=[cdk.PolicyViolatingResource(construct_path=row.path, locations=[])],
    )


def review(app: cdk.App, deployment: Deployment) -> None:
    """Let both packs judge every synth of the app."""
    rows = acknowledged(deployment)
    cdk.Validations.of(app).add_plugins(
        Reviewed(AwsSolutionsChecks(app), rows),
        Reviewed(ServerlessChecks(app), rows),
    )
