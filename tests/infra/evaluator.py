"""An IAM evaluator that is not ours: npm's @cloud-copilot/iam-simulate, fed with our policies."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("decide.mjs")
REGION, API = "eu-west-1", "abcdefghij"
ALLOWED, NO_ALLOW, DENIED = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"


@dataclass(frozen=True)
class Request:
    """One action on a resource of `account` by a principal (a role's or a session's ARN)."""

    account: str
    principal: str
    action: str
    resource: str
    resource_policy: Any = None
    identity: Any = None
    session: Any = None
    context: dict[str, Any] = field(default_factory=dict)

    def simulation(self) -> dict[str, Any]:
        """Return the evaluator's input."""
        found: dict[str, Any] = {
            "request": {
                "principal": self.principal,
                "action": self.action,
                "resource": {"resource": self.resource, "accountId": self.account},
                "contextVariables": self.context,
            },
            "identityPolicies": [{"name": "own", "policy": self.identity}] if self.identity else [],
            "serviceControlPolicies": [],
            "resourceControlPolicies": [],
        }
        if self.resource_policy:
            found["resourcePolicy"] = self.resource_policy
        if self.session:
            found["sessionPolicy"] = self.session
        return found


@dataclass(frozen=True)
class Call:
    """One call of the API by a principal (a role's or a session's ARN), with his own policies."""

    account: str
    principal: str
    method: str
    resource_policy: Any
    identity: Any
    session: Any = None
    context: dict[str, str] = field(default_factory=dict)

    def simulation(self) -> dict[str, Any]:
        """Return the evaluator's input; `account` is the one that the API belongs to."""
        return Request(
            account=self.account,
            principal=self.principal,
            action="execute-api:Invoke",
            resource=arn(self.account, self.method),
            resource_policy=self.resource_policy,
            identity=self.identity,
            session=self.session,
            context=self.context,
        ).simulation()


def arn(account: str, method: str) -> str:
    """Return the ARN of `GET/v1/…` at the signed door, as AWS writes it."""
    return f"arn:aws:execute-api:{REGION}:{account}:{API}/signed/{method}"


def decide(*calls: Call | Request) -> list[str]:
    """Return the evaluator's decision on each; its own errors fail the test."""
    done = subprocess.run(
        ["node", str(SCRIPT)],
        input=json.dumps([call.simulation() for call in calls]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    decisions: list[str] = json.loads(done.stdout)
    return decisions


def deployed(policy: Any, account: str) -> Any:
    """Return a written-out policy as it stands on AWS, without pseudo parameters or short forms."""
    text = json.dumps(policy)
    for name, value in {
        "<AWS::Partition>": "aws",
        "<AWS::AccountId>": account,
        "<AWS::Region>": REGION,
        "<CountersignSignedDoor/SignedDoor/Api>": API,
        "execute-api:/*": f"arn:aws:execute-api:{REGION}:{account}:{API}/*",
    }.items():
        text = text.replace(name, value)
    assert "<" not in text, text
    return json.loads(text)
