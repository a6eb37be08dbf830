"""What the operator can have done, by the name of the action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access_admin import answers, requests
from core.errors import Invalid
from core.keyring.incidents import Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clock import Clock
    from core.keyring.bootstrap import Bootstrap
    from core.keyring.incidents import Incidents

_OF_FIRST_KEY = ("tenant", "name", "scopes", "vends", "expires_in_days")


@dataclass(frozen=True, slots=True)
class Actions:
    """One method per action."""

    bootstrapping: Bootstrap
    incidents: Incidents
    clock: Clock

    def answer(self, event: Mapping[str, Any], request_id: str) -> dict[str, Any]:
        """Do what the event asks and answer; `CountersignError` when it is refused."""
        known = {
            "bootstrap": self._bootstrap,
            "incident.revoke": self._revoke,
            "incident.restore": self._restore,
            "incident.status": self._status,
        }
        action = known.get(str(event.get("action")))
        if action is None:
            raise Invalid("unknown_action", f"`action` is one of {', '.join(known)}.")
        return action(event, Operator(requests.said(event, "operator"), request_id))

    def _bootstrap(self, event: Mapping[str, Any], operator: Operator) -> dict[str, Any]:
        requests.refuse_unknown(event, _OF_FIRST_KEY)
        tenant = requests.tenant_of(event)
        draft = requests.first_key(event, self.clock.now())
        made, text = self.bootstrapping.first_key(
            tenant, draft, by=operator.by, request_id=operator.request_id
        )
        return answers.first_key(made, text)

    def _revoke(self, event: Mapping[str, Any], operator: Operator) -> dict[str, Any]:
        requests.refuse_unknown(event, ("tenant", "principal", "all", "reason"))
        place, reason = requests.place_of(event), requests.said(event, "reason")
        return answers.changed(self.incidents.revoke(operator, place, reason))

    def _restore(self, event: Mapping[str, Any], operator: Operator) -> dict[str, Any]:
        requests.refuse_unknown(event, ("tenant", "principal", "reason"))
        place, reason = requests.principal_place(event), requests.said(event, "reason")
        return answers.changed(self.incidents.restore(operator, place, reason))

    def _status(self, event: Mapping[str, Any], _operator: Operator) -> dict[str, Any]:
        requests.refuse_unknown(event, ("tenant",))
        tenant = requests.tenant_of(event) if "tenant" in event else None
        return {"ok": True, "cuts": [answers.cut(one) for one in self.incidents.status(tenant)]}
