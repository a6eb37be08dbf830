"""What a function's source imports of other people's code, against what it asks for."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

from infra.imports import of_function
from infra.wheels import PROVIDED

if TYPE_CHECKING:
    from pathlib import Path

LOADS = {"pyjwt": frozenset({"cryptography"})}
"""What a package imports if it is there, and we need: PyJWT names it as its extra `crypto`."""


class Mismatch(NamedTuple):
    """Distributions that are imported and not asked for, and the other way round."""

    not_asked_for: set[str]
    not_imported: set[str]


def asked_for(folder: Path) -> set[str]:
    """Return the names in a function's requirements.txt."""
    lines = (folder / "requirements.txt").read_text("utf-8").split()
    return {str(canonicalize_name(line)) for line in lines}


def mismatch(folder: str, functions: Path) -> Mismatch:
    """Compare a function's imports with its requirements.txt."""
    owners = metadata.packages_distributions()
    modules = of_function(folder, functions).third_party
    imported = {str(canonicalize_name(name)) for m in modules for name in owners[m]} - PROVIDED
    imported |= {name for package in imported for name in LOADS.get(package, ())}
    wanted = asked_for(functions / folder)
    return Mismatch(imported - wanted, wanted - imported)
