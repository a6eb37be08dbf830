"""Whether every package comes under a licence that we may use: part of `make check`.

A package says its licence in npm's lock, or in the metadata that pip installed. What it says is
read as an SPDX expression; what cannot be read, or is not allowed, fails with the package's name.
"""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, distributions
from typing import TYPE_CHECKING

from boolean import ParseError
from license_expression import ExpressionError, LicenseSymbol, get_spdx_licensing
from packaging.utils import canonicalize_name

from local.supply.locks import PYTHON, ROOT, node_pins, python_pins

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0"),
        *("CNRI-Python", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense"),
    }
)
"""SPDX ids that ask for no more than a notice, or (MPL) for changes to their own files."""

EXCEPTIONS = {
    "@cloud-copilot/iam-policy": "part of iam-simulate",
    "@cloud-copilot/iam-simulate": "AGPL-3.0: judges policies in tests, never shipped or served",
    "@cloud-copilot/iam-utils": "part of iam-simulate",
    "spdx-exceptions": "CC-BY-3.0: a list of names, used by npm's own tools",
}
"""Packages that are used all the same, each with its reason."""

STATED = {"colorama": "BSD-3-Clause", "pywin32": "PSF-2.0"}
"""Licences, read on their pages, of packages that are locked for Windows and not installed here."""

_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",  # it does not say which; two clauses are allowed as well
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
"""Python's older names for licences, as SPDX ids."""

_SPDX = get_spdx_licensing()


def main() -> int:
    """Print every package that may not be used; 0 if there is none."""
    wrong = sorted(set(problems()))
    print("\n".join(wrong) or "licences: all allowed")
    return bool(wrong)


def problems() -> Iterator[str]:
    """Yield a sentence for each package whose licence is unknown or not allowed."""
    for environment, lock in PYTHON.items():
        licences = installed(environment)
        for pin in python_pins(lock):
            if pin.name not in licences:
                licences[pin.name] = STATED.get(pin.name)
        for name, licence in licences.items():
            yield from problem(name, licence)
    for pin in node_pins():
        yield from problem(pin.name, pin.declared)


def problem(name: str, licence: str | None) -> Iterator[str]:
    """Yield what is wrong with a package's licence, if anything is."""
    if name in EXCEPTIONS:
        return
    if licence is None:
        yield f"{name}: its licence is unknown"
    elif not allowed(licence):
        yield f"{name}: {licence} is not allowed"


def allowed(licence: str) -> bool:
    """Return whether an SPDX expression leaves a way to use the package; no to what is none."""
    parsed = _parsed(licence)
    return parsed is not None and _permits(parsed)


def _parsed(text: str) -> object | None:
    try:
        parsed: object | None = _SPDX.parse(text, validate=True)
    except (ExpressionError, ParseError):
        return None
    return parsed


def _permits(node: object) -> bool:
    if isinstance(node, LicenseSymbol):
        return node.key in ALLOWED
    if isinstance(node, _SPDX.OR):
        return any(map(_permits, node.args))
    return isinstance(node, _SPDX.AND) and all(map(_permits, node.args))


def installed(environment: str) -> dict[str, str | None]:
    """Map each distribution of one of our environments to its licence, None if it says none."""
    (place,) = (ROOT / ".venv" / environment / "lib").glob("python3*/site-packages")
    return {str(canonicalize_name(d.name)): declared(d) for d in distributions(path=[str(place)])}


def declared(distribution: Distribution) -> str | None:
    """Return what a distribution's metadata says: an expression, an SPDX id or classifiers."""
    metadata = distribution.metadata
    for header in ("License-Expression", "License"):
        for text in metadata.get_all(header, []):
            if text and _parsed(text) is not None:
                return str(text)
    lines = metadata.get_all("Classifier", [])
    names = [line.rpartition(" :: ")[2] for line in lines if line.startswith("License :: ")]
    known = [_CLASSIFIERS[name] for name in names if name in _CLASSIFIERS]
    return " AND ".join(known) or None


if __name__ == "__main__":
    sys.exit(main())
