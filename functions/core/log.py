"""The one logger: JSON lines, each masked before it is written."""

from __future__ import annotations

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
