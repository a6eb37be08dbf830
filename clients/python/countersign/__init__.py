"""The signed client: every call is an AWS SigV4-signed request of a registered role."""

from countersign.client import Answer, Client
from countersign.errors import (
    BusyError,
    ConflictError,
    CountersignError,
    InvalidError,
    NoAnswerError,
    NotFoundError,
    Problem,
    RefusedError,
    SettingsError,
)
from countersign.target import Target

__all__ = [
    "Answer",
    "BusyError",
    "Client",
    "ConflictError",
    "CountersignError",
    "InvalidError",
    "NoAnswerError",
    "NotFoundError",
    "Problem",
    "RefusedError",
    "SettingsError",
    "Target",
]
