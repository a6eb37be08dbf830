"""Handlers whose log lines are written, since that is their work, but not read."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what is logged to stdout, and the hook that Powertools sets, away from this process.

    That hook would log a failure of the benchmark itself to where nobody reads it.
    """
    hook = sys.excepthook
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        sys.excepthook = hook
