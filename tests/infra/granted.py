"""What the templates' roles may do, read out of their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.templates import Resource, Templates


def roles(templates: Templates) -> Iterator[Resource]:
    """Yield the functions' roles."""
    for function in templates.every("AWS::Lambda::Function"):
        reference = function.properties["Role"]["Fn::GetAtt"][0]
        yield next(
            r
            for r in templates.every("AWS::IAM::Role", stack=function.stack)
            if r.logical_id == reference
        )


def policy_statements(role: Resource) -> Iterator[dict[str, Any]]:
    """Yield the statements of a role's own policies."""
    for policy in role.properties["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def granted(templates: Templates, role: Resource) -> dict[str, str]:
    """Return resource → `service: Action Action`.

    A key's name tells through which service, a table's which items, if not all.
    """
    found: dict[str, set[str]] = {}
    for statement in policy_statements(role):
        for resource in listed(templates.written(role.stack, statement["Resource"])):
            condition = templates.written(role.stack, statement.get("Condition", {}))
            for name in _names(resource, condition):
                found.setdefault(name, set()).update(listed(statement["Action"]))
    return {name: _short(actions) for name, actions in found.items()}


def _names(resource: str, condition: dict[str, Any]) -> list[str]:
    """Return what a right is on; there are two kinds of condition, on a key's and a table's use."""
    if not condition:
        return [resource]
    ((operator, test),) = condition.items()
    ((key, value),) = test.items()
    if key == "dynamodb:LeadingKeys":
        assert operator == "ForAllValues:StringLike"
        return [f"{resource} {pattern}" for pattern in listed(value)]
    assert (operator, key, resource) == (
        *("StringEquals", "kms:ViaService"),
        "<CountersignData/Key.Arn>",
    )
    return [f"key for {value.split('.')[0]}"]


def listed(value: Any) -> list[Any]:
    """Return a policy's one-or-many as a list."""
    return value if isinstance(value, list) else [value]


def _short(actions: set[str]) -> str:
    (service,) = {a.split(":")[0] for a in actions}
    return f"{service}: {' '.join(sorted(a.split(':')[1] for a in actions))}"
