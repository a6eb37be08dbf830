"""The one logger: JSON lines, each masked before it is written; and a mask for all others."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from core.masking import mask

if TYPE_CHECKING:
    from aws_lambda_powertools.logging.types import LogRecord


class MaskingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON formatter, with personal data and secrets hidden in every field.

    It stands at the last step before the line is written, so that messages, extra keys and stack
    traces all pass it.
    """

    def serialize(self, log: LogRecord) -> str:
        """Mask, then write as JSON."""
        masked: Any = mask(log)
        return super().serialize(log=masked)


def logger(service: str) -> Logger:
    """Return the logger of a function; `service` is its folder's name."""
    return Logger(
        service=service, logger_formatter=MaskingFormatter(), log_uncaught_exceptions=True
    )


class MaskingFilter(logging.Filter):
    """Hides in a record what masking hides, stack trace included; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace message, arguments and exception by one masked text."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += "\n" + "".join(traceback.format_exception(record.exc_info[1]))
        record.msg, record.args = mask(text), None
        record.exc_info = record.exc_text = None
        return True


def mask_others() -> None:
    """Mask what other people's code logs: it goes to Lambda's own handlers, past our formatter.

    urllib3, for one, warns with the whole address of a call that it repeats.
    """
    for handler in logging.getLogger().handlers:
        if not any(isinstance(f, MaskingFilter) for f in handler.filters):
            handler.addFilter(MaskingFilter())
