"""The client of Countersign's doors; `countersign.flavours` are the ways of proving who calls."""

from countersign.answer import Answer
from countersign.client import Client
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
from countersign.flavours import ClientCredentials, Key, Layered, Signed, Token
from countersign.target import Target
from countersign.vending import vended

__all__ = [
    "Answer",
    "BusyError",
    "Client",
    "ClientCredentials",
    "ConflictError",
    "CountersignError",
    "InvalidError",
    "Key",
    "Layered",
    "NoAnswerError",
    "NotFoundError",
    "Problem",
    "RefusedError",
    "SettingsError",
    "Signed",
    "Target",
    "Token",
    "vended",
]
