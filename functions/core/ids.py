"""Identifiers: what they look like, and where new ones come from (`core.ulids`)."""

from __future__ import annotations

import re
from typing import Protocol

ID_LENGTH = 26
ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
TENANT = re.compile(r"[a-z][a-z0-9-]{0,15}")
"""A tenant's id: at most 16 characters, no dot, so that it fits a session name."""

DEPLOYMENT = "-"
"""Stands where a tenant would for what belongs to the deployment; no tenant can be named so."""


class Ids(Protocol):
    """Where a function gets new ids from."""

    def new(self) -> str:
        """Return an id that nobody has: 26 lower-case characters, sortable by creation time."""
        ...
