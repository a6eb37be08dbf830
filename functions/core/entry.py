"""Where Lambda enters every function: loads its handler, and hides people in what it raises.

An error that leaves a function is written by Lambda itself into the log, the trace, the answer and
the record of a failed invocation, past our logger. So it passes the mask here, once for all.
"""

from __future__ import annotations

import importlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from core.log import logger, mask_others
from core.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTION = "POWERTOOLS_SERVICE_NAME"
"""The variable that holds the name of the function's folder."""


def handler(event: dict[str, Any], context: object) -> Any:
    """Handle an event as the function's own handler does; its errors are raised masked."""
    with _discreet():
        return _handler(event, context)


@contextmanager
def _discreet() -> Iterator[None]:
    """Raise an error under its own name, without personal data or secrets in its text.

    The log gets where it was raised, which the new error does not know.
    """
    try:
        yield
    except Exception as error:
        masked = str(mask(str(error)))
        if masked == str(error):
            raise
        logger(os.environ[FUNCTION]).exception("failed")
        raise type(type(error).__name__, (Exception,), {})(masked) from None


def _load() -> Any:
    with _discreet():
        return importlib.import_module(f"{os.environ[FUNCTION]}.handler").handler


mask_others()
_handler = _load()
