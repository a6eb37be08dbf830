"""Byte code that Lambda will use: compiled by the runtime's own minor version, bound by hash.

An asset zip dates every file 1980, so a `.pyc` bound to its source by time is stale on arrival and
each cold start compiles everything again. One bound by hash and marked unchecked (PEP 552) is used
as it stands; that is safe here because a bundle is written once, source and byte code together.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TELL = "import sys; print(*sys.version_info[:2], sys.implementation.cache_tag, sep='.')"


def interpreter(minor: int, wished: str | None = None) -> str | None:
    """Return an interpreter of Python 3.`minor`, None when this machine has none.

    A setting comes first, then the PATH, then this process's own. Each is run to learn what it is,
    since a version manager's shim exists for versions that it cannot start.
    """
    for candidate in _candidates(minor, wished):
        try:
            told = subprocess.run(  # noqa: S603 - an interpreter, by setting or by its usual name
                [candidate, "-I", "-S", "-c", _TELL],
                capture_output=True,
                text=True,
                check=True,
                timeout=20,
            ).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            continue
        if told == f"3.{minor}.cpython-3{minor}":
            return candidate
    return None


def _candidates(minor: int, wished: str | None) -> Iterator[str]:
    if wished:
        yield wished
    on_path = shutil.which(f"python3.{minor}")
    if on_path:
        yield on_path
    yield sys.executable


def compile_tree(tree: Path, python: str) -> None:
    """Compile every module below `tree` in place, as if it stood in `/var/task`.

    A file that does not compile (packages ship templates) is left as source.
    """
    options = ("-q", "-q", "-f", "--invalidation-mode", "unchecked-hash")
    subprocess.run(  # noqa: S603 - our own arguments
        [python, "-I", "-m", "compileall", *options, "-s", str(tree), "-p", "/var/task", str(tree)],
        check=False,
    )
