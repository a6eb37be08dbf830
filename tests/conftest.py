"""For every test: no network but 127.0.0.1, and no AWS account but an invented one."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from pytest_socket import socket_allow_hosts

from tests.support.emulator_dynamodb import emulated_dynamodb
from tests.support.groups import Grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.emulator_dynamodb import Emulated

_REAL_ACCOUNT = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE")

for name in _REAL_ACCOUNT:
    os.environ.pop(name, None)
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - opens nothing
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
)

# A shell that starts the tests in the background has them ignore Ctrl-C, and what they start too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Let a test connect to this machine only; whatever it starts, it starts here."""
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped | None:
    """Keep what is shared on one worker, unless another way of spreading tests was asked for."""
    return Grouped(config, log) if config.getvalue("dist") in {"load", "loadgroup"} else None


@pytest.fixture(scope="session")
def emulated() -> Iterator[Emulated]:
    """Return MiniStack's DynamoDB, started for the first test that asks."""
    with emulated_dynamodb() as endpoint:
        yield endpoint
