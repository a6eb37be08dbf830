"""HubSpot's error answers.

Shape and words as seen in HubSpot's documents and by people who recorded real answers
(ASSUMPTIONS.md says which).
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Problem(Exception):
    """A refusal: becomes the whole answer, or one entry of a batch answer's `errors`."""

    status: int
    message: str
    category: str = "VALIDATION_ERROR"
    errors: list[dict[str, Any]] = field(default_factory=list)
    context: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the body of a refused call."""
        body: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": str(uuid.uuid4()),
            "category": self.category,
        }
        for name in ("errors", "context", "links"):
            if getattr(self, name):
                body[name] = getattr(self, name)
        return body

    def entry(self, **context: list[str]) -> dict[str, Any]:
        """Return one entry of a batch answer's `errors`; HubSpot leaves empty parts out."""
        return {
            "status": "error",
            "category": self.category,
            "message": self.message,
            "context": {**self.context, **context},
        }


def invalid_properties(results: list[dict[str, Any]]) -> Problem:
    """Refuse property values; `results` holds message, error and name of each bad one."""
    told = [{"isValid": False, **r, "localizedErrorMessage": r["message"]} for r in results]
    errors = [
        {"message": r["message"], "code": r["error"], "context": {"propertyName": [r["name"]]}}
        for r in results
    ]
    return Problem(400, f"Property values were not valid: {json.dumps(told)}", errors=errors)


def missing_properties(legacy_type: str, names: list[str]) -> Problem:
    """Refuse a create that lacks required properties."""
    return Problem(
        400,
        f"Error creating {legacy_type}. Some required properties were not set.",
        errors=[
            {"message": f"{n} is required", "code": "MISSING_REQUIRED_PROPERTY"} for n in names
        ],
        context={"properties": names},
    )


def not_found(legacy_type: str, ids: list[str]) -> Problem:
    """Say that ids resolve to no live record: an entry of a batch answer."""
    return Problem(
        404,
        f"Could not get some {legacy_type} objects, they may be deleted or not exist. "
        "Check that ids are valid.",
        category="OBJECT_NOT_FOUND",
        context={"ids": ids},
    )


def resource_not_found() -> Problem:
    """Answer a single call for a record that is not there."""
    return Problem(404, "resource not found", category="OBJECT_NOT_FOUND")


def missing_fields(names: list[str]) -> Problem:
    """Refuse a body without fields that HubSpot's parser demands."""
    listed = ", ".join(names)
    return Problem(
        400,
        f"Invalid input JSON on line 1, column 2. Some required fields were not set: [{listed}]",
    )


def duplicate_ids(ids: list[str]) -> Problem:
    """Refuse a batch that names one record twice."""
    listed = ", ".join(ids)
    return Problem(
        400,
        f"Duplicate IDs found in batch input: [{listed}]. IDs must be unique",
        context={"ids": ids},
    )


def too_many_inputs(limit: int) -> Problem:
    """Refuse a batch above its limit."""
    return Problem(
        400,
        f"The maximum number of inputs supported in a batch is {limit}. "
        "Please reduce the number of items and try again",
    )
