"""No test can reach beyond this machine, and none can meet a real AWS account."""

from __future__ import annotations

import os
import socket

import boto3
import pytest
from pytest_socket import SocketConnectBlockedError

OUTSIDE = ("192.0.2.1", 80)
"""An address of TEST-NET-1 (RFC 5737), which belongs to nobody."""

INVENTED = {"testing", "FOOBARKEY"}
"""Ours, and moto's, which it leaves behind when two of its mocks overlapped."""

BLOCKED = (SocketConnectBlockedError, UserWarning)
"""pytest-socket warns first, and a warning is an error here."""


@pytest.fixture
def refused_in_a_fixture() -> bool:
    """Return whether a fixture is held as a test is."""
    with socket.socket() as probe, pytest.raises(BLOCKED):
        probe.connect(OUTSIDE)
    return True


def test_the_outside_is_out_of_reach(*, refused_in_a_fixture: bool) -> None:
    """Guarantee: neither a test nor a fixture can connect anywhere but to 127.0.0.1."""
    with socket.socket() as probe, pytest.raises(BLOCKED):
        probe.connect(OUTSIDE)
    assert refused_in_a_fixture


def test_the_credentials_open_nothing() -> None:
    """Guarantee: whatever account the developer uses, tests run with invented keys."""
    credentials = boto3.Session().get_credentials()
    assert credentials is not None
    assert credentials.access_key in INVENTED
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(os.environ)
