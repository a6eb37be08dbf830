"""The signed door's resource policy: who is turned away whatever his own policies say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from infra.callers import principals
from infra.deployment import DeploymentError
from infra.vended import vended_principals

if TYPE_CHECKING:
    from infra.deployment import Deployment

LIMIT = 8192
"""Characters that API Gateway accepts as a resource policy."""

_EVERY_METHOD = "execute-api:/*"
_LONGEST_METHODS = "arn:aws-us-gov:execute-api:ap-southeast-99:000000000000:0123456789/*"
_TOKEN = re.compile(r"\$\{Token\[[^]]*]}")
_LONGEST_TOKEN = "0" * len("000000000000")


def resource_policy(deployment: Deployment) -> iam.PolicyDocument:
    """Return the policy; raises `DeploymentError` when it is longer than API Gateway accepts."""
    document = {"Version": "2012-10-17", "Statement": statements(deployment)}
    length = written_length(document)
    if length > LIMIT:
        raise DeploymentError(f"callers: their policy has {length} characters of {LIMIT} allowed")
    return iam.PolicyDocument.from_json(document)


def statements(deployment: Deployment) -> list[dict[str, Any]]:
    """Return one Deny for all but the registered roles and the vended one, Allows for foreign ones.

    A role of our own account gets no Allow here: its identity policy, cut by its session policy,
    decides. Had it one, the resource policy alone would let it in and a scope cut would mean
    nothing. The organisation and the source networks only ever deny, each in a statement of its
    own: within the first one they would weaken it.
    """
    known = [arn for c in deployment.callers for arn in principals(deployment, c)]
    known += vended_principals(deployment)
    found = [_deny("ArnNotLike", "aws:PrincipalArn", known)]
    if deployment.organization_id:
        found.append(_deny("StringNotEquals", "aws:PrincipalOrgID", deployment.organization_id))
    if deployment.source_networks:
        found.append(_deny("NotIpAddress", "aws:SourceIp", list(deployment.source_networks)))
    foreign = sorted(
        c.role_arn for c in deployment.callers if c.role_arn and c.account != deployment.account
    )
    if foreign:
        found.append(_statement("Allow", foreign))
    return found


def written_length(document: object) -> int:
    """Return the policy's length once API Gateway has written out what is short here, at most."""
    text = _TOKEN.sub(_LONGEST_TOKEN, json.dumps(document, separators=(",", ":")))
    return len(text.replace(_EVERY_METHOD, _LONGEST_METHODS))


def _deny(operator: str, key: str, values: Any) -> dict[str, Any]:
    return _statement("Deny", "*") | {"Condition": {operator: {key: values}}}


def _statement(effect: str, principal: Any) -> dict[str, Any]:
    return {
        "Effect": effect,
        "Principal": {"AWS": principal},
        "Action": "execute-api:Invoke",
        "Resource": _EVERY_METHOD,
    }
