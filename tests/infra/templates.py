"""Synthesized templates as tests read them: resources by type, references followed to their end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


_INTRINSIC = ("Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::Join")


class Resource(NamedTuple):
    """One resource: its stack, logical id, the construct path below the stack, its body."""

    stack: str
    logical_id: str
    path: str
    body: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        """Return what the resource declares."""
        found: dict[str, Any] = self.body.get("Properties", {})
        return found


@dataclass(frozen=True)
class Templates:
    """Every template of one synth by stack name."""

    by_stack: Mapping[str, dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Templates:
        """Read a cloud assembly."""
        files = sorted(folder.glob("*.template.json"))
        return cls({f.name.partition(".")[0]: json.loads(f.read_text("utf-8")) for f in files})

    def every(self, *types: str, stack: str | None = None) -> Iterator[Resource]:
        """Yield the resources of these types (all without one), in one stack or all."""
        for name, template in self.by_stack.items():
            for logical_id, body in template["Resources"].items():
                if (not types or body["Type"] in types) and stack in {None, name}:
                    yield Resource(name, logical_id, self._path(name, logical_id), body)

    def one(self, kind: str, path: str) -> Resource:
        """Return the resource of that type at `<stack>/<construct path>`."""
        (found,) = (r for r in self.every(kind) if f"{r.stack}/{r.path}" == path)
        return found

    def written(self, stack: str, value: Any) -> Any:
        """Write intrinsic functions out as text: `<Data/Core.Arn>`, pseudo parameters by name."""
        if isinstance(value, list):
            return [self.written(stack, v) for v in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in _INTRINSIC:
                return self._intrinsic(stack, name, argument)
        return {key: self.written(stack, v) for key, v in value.items()}

    def _intrinsic(self, stack: str, name: str, argument: Any) -> str:
        if name == "Ref":
            return self._reference(stack, argument, "")
        if name == "Fn::GetAtt":
            return self._reference(stack, argument[0], f".{argument[1]}")
        if name == "Fn::ImportValue":
            return self._imported(argument)
        return str(argument[0]).join(str(self.written(stack, v)) for v in argument[1])

    def _reference(self, stack: str, logical_id: str, attribute: str) -> str:
        if logical_id not in self.by_stack[stack]["Resources"]:
            return f"<{logical_id}>"
        return f"<{stack}/{self._path(stack, logical_id)}{attribute}>"

    def _imported(self, name: str) -> str:
        for stack, template in self.by_stack.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == name:
                    return str(self.written(stack, output["Value"]))
        raise KeyError(name)

    def _path(self, stack: str, logical_id: str) -> str:
        metadata = self.by_stack[stack]["Resources"][logical_id].get("Metadata", {})
        path = str(metadata.get("aws:cdk:path", logical_id))
        return path.removeprefix(f"{stack}/").removesuffix("/Resource")
