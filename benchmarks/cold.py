"""CPU time of importing each function's handler from its bundle, beside the bare handler."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Table, in_turns
from core.settings import variables
from infra import FUNCTIONS, ROOT
from infra.bundling import bundle
from infra.function import settings_of
from infra.wheels import Target
from tests.bundles import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = sorted(p.parent.name for p in FUNCTIONS.glob("*/handler.py"))
BARE = "bare"
IMPORT = """
import importlib, sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
importlib.import_module(sys.argv[2])
print(time.process_time() - began)
"""


def cold(rounds: int) -> Table:
    """Return the table; `rounds` fresh interpreters for each handler, in turns."""
    with tempfile.TemporaryDirectory() as scratch, contextmanager(bare.secrets)() as endpoint:
        roots = dict(_laid_out(Path(scratch)))
        cases = {name: partial(_once, root, name, endpoint) for name, root in roots.items()}
        in_turns(cases, 1)  # the files are read from the disk once before it counts
        taken = in_turns(cases, rounds)
        sizes = {name: _size(root) for name, root in roots.items()}
    rows = [
        (name, sizes[name], samples.milliseconds(), samples.times(taken[BARE]))
        for name, samples in taken.items()
    ]
    return Table(
        "Cold import",
        f"CPU time of importing the handler in a fresh interpreter, {rounds} rounds in turns; the "
        "bundle is built and unpacked as for Lambda, byte code included, boto3 is the runtime's. "
        "Least / median.",
        ("handler", "source in bundle, MB", "CPU ms", "times bare"),
        rows,
    )


def _laid_out(scratch: Path) -> Iterator[tuple[str, Path]]:
    """Yield where each handler lies, the bare one first."""
    (scratch / BARE).mkdir()
    shutil.copy(Path(__file__).with_name("bare.py"), scratch / BARE)
    yield BARE, scratch / BARE
    here = Target(sys.version_info.minor, platform.machine().replace("arm64", "aarch64"))
    for folder in FOLDERS:
        with zipfile.ZipFile(bundle(folder, here).path) as archive:
            archive.extractall(scratch / folder)
        yield folder, scratch / folder


def _once(root: Path, name: str, endpoint: str) -> float:
    module = name if name == BARE else f"{name}.handler"
    done = subprocess.run(
        [str(bare.PYTHON), "-I", "-c", IMPORT, str(root), module],
        env=bare.environment(name, () if name == BARE else variables(settings_of(name)), endpoint),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    return float(done.stdout.splitlines()[-1])


def _size(root: Path) -> str:
    files = [p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    return f"{sum(p.stat().st_size for p in files) / 1e6:.1f}"
