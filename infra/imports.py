"""What a function imports, read from its source: so its bundle holds that and nothing else."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


ENTRY = Path("core", "entry.py")
"""Where Lambda enters every function; it imports the function's handler by name."""


class Imports(NamedTuple):
    """The source files under the import root, and the top-level names of third-party modules."""

    files: tuple[Path, ...]
    third_party: frozenset[str]


def of_function(folder: str, root: Path) -> Imports:
    """Follow every import from a function's own files, and the entry, through all under `root`.

    Imports inside functions count, since they happen when the function runs; those below
    `if TYPE_CHECKING` do not. Files are relative to `root` and sorted.
    """
    waiting = [p.relative_to(root) for p in sorted((root / folder).rglob("*.py"))]
    waiting.append(ENTRY)
    seen: set[Path] = set()
    outside: set[str] = set()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for name in _imported(root, file):
            found = list(_files_of(root, name))
            waiting += found
            top = name.partition(".")[0]
            if not found and not (root / top).is_dir():
                outside.add(top)
    return Imports(tuple(sorted(seen)), frozenset(outside - sys.stdlib_module_names))


def _imported(root: Path, file: Path) -> Iterator[str]:
    """Yield dotted names; of `from a import b` both `a.b` and `a`, as `b` may be a module."""
    nodes: list[ast.AST] = [ast.parse((root / file).read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, file)
            yield base
            yield from (f"{base}.{a.name}" for a in node.names if _is_module(root, base, a))
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            nodes += node.orelse
        else:
            nodes += ast.iter_child_nodes(node)


def _absolute(node: ast.ImportFrom, file: Path) -> str:
    if not node.level:
        return node.module or ""
    package = file.parts[: -node.level]
    return ".".join((*package, node.module) if node.module else package)


def _is_module(root: Path, base: str, alias: ast.alias) -> bool:
    place = root.joinpath(*base.split("."), alias.name)
    return place.is_dir() or place.with_suffix(".py").is_file()


def _files_of(root: Path, name: str) -> Iterator[Path]:
    """Yield a module's file and the `__init__.py` of each package above it."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = Path(*parts[:end])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if (root / file).is_file():
                yield file
