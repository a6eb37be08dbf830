"""What the deployer alone can do: a tenant's first key, and the end of all that was issued.

Both invoke the stack's AccessAdminFunction, which is behind no door and needs the deployer's
`lambda:InvokeFunction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countersign.aws import invoke
from countersign.errors import FunctionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import boto3

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Administration:
    """One deployment's function, invoked as one operator.

    Every method raises FunctionError when the function refuses, with its code and words.
    """

    session: boto3.Session
    function: str

    def bootstrap(
        self,
        tenant: str,
        *,
        name: str | None = None,
        scopes: Sequence[str] = (),
        vends: Sequence[str] = (),
        expires_in_days: int | None = None,
    ) -> Json:
        """Make a tenant's first key, its text in `key` for this one time; once per tenant.

        Without `scopes` and `vends` it may do, and vend, everything.
        """
        chosen = {
            "name": name,
            "scopes": list(scopes),
            "vends": list(vends),
            "expires_in_days": expires_in_days,
        }
        return self._ask("bootstrap", {"tenant": tenant, **chosen})

    def revoke(
        self, *, tenant: str | None = None, principal: str | None = None, reason: str = ""
    ) -> Json:
        """End, within 60 s, what was issued to a tenant's principal, to a tenant, or to all.

        `principal` is `key/<id>`, `client/<id>`, `hubspot-user/<id>` or `role/<account>/<name>` and
        needs `tenant`;
        with neither, everything that this deployment ever issued ends.
        """
        of: Json = {"tenant": tenant, "principal": principal} if tenant else {"all": True}
        return self._ask("incident.revoke", {**of, "reason": reason})

    def restore(self, tenant: str, principal: str, reason: str = "") -> Json:
        """Let a registered role in again that an incident shut out."""
        what = {"tenant": tenant, "principal": principal, "reason": reason}
        return self._ask("incident.restore", what)

    def status(self, tenant: str | None = None) -> list[Json]:
        """Return the cuts that incidents have made."""
        found: list[Json] = self._ask("incident.status", {"tenant": tenant})["cuts"]
        return found

    def _ask(self, action: str, what: Json) -> Json:
        told = {name: value for name, value in what.items() if value}
        if action != "incident.status":
            told["operator"] = self._operator()
        answer = invoke(self.session, self.function, {"action": action, **told})
        if not answer.get("ok"):
            error = answer.get("error", {})
            raise FunctionError(f"{error.get('code')}: {error.get('detail')}")
        return answer

    def _operator(self) -> str:
        """Return the ARN that AWS knows the person by, for the record: a word, not a proof."""
        return str(self.session.client("sts").get_caller_identity()["Arn"])
