"""A call to the API and its answer, free of any web framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.twin.catalog import ObjectType, find_type
from local.twin.clock import iso
from local.twin.problems import Problem, missing_fields

if TYPE_CHECKING:
    from local.twin.auth import Token
    from local.twin.state import Portal

# Versions that answer a partial failure with 207; 2026-09 keeps the plain status.
MULTI_STATUS_VERSIONS = frozenset({"v3", "v4", "2026-03"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (None: no body) and headers.

    `page` is HTML that goes out instead of the body. `sent`, from 0 to 1, is the share of the
    body after which the connection is closed: 0 before anything of the answer, None not at all.
    """

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    page: str | None = None
    sent: float | None = None


@dataclass(slots=True)
class Call:
    """A call: `version` as in the path; `body` is parsed JSON, None when there was none."""

    version: str
    path: dict[str, str]
    query: dict[str, list[str]]
    body: Any
    portal: Portal
    token: Token

    def kind(self, name: str = "objectType") -> ObjectType:
        """Return the object type that a path parameter names."""
        found = find_type(self.path[name])
        if found is None:
            raise Problem(400, f"Unable to infer object type from: {self.path[name]}")
        return found

    def fields(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        if not isinstance(self.body, dict):
            raise Problem(400, "Invalid input JSON on line 1, column 1: an object is expected")
        return self.body

    def inputs(self, *required: str) -> list[dict[str, Any]]:
        """Return a batch body's inputs, each of which must hold the required fields."""
        inputs = self.fields().get("inputs")
        if not isinstance(inputs, list):
            raise missing_fields(["inputs"])
        for one in inputs:
            missing = [n for n in required if not isinstance(one, dict) or n not in one]
            if missing:
                raise missing_fields(missing)
        return inputs

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter, false by default."""
        return self.query.get(name, ["false"])[-1] == "true"

    def one(self, name: str) -> str | None:
        """Return a query parameter's last value."""
        return self.query.get(name, [None])[-1]

    def names(self, name: str) -> list[str]:
        """Return a list parameter, given once with commas or several times."""
        return [n for part in self.query.get(name, []) for n in part.split(",") if n]

    def partial_status(self, plain: int) -> int:
        """Return the status of an answer that holds results and errors."""
        return 207 if self.version in MULTI_STATUS_VERSIONS else plain


def batch_answer(
    call: Call, status: int, results: list[dict[str, Any]], errors: list[dict[str, Any]]
) -> Answer:
    """Build a batch answer; its status tells of errors only in the older versions."""
    now = iso(call.portal.clock.now())
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": now,
        "completedAt": now,
    }
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
        status = call.partial_status(status)
    return Answer(status, body)
