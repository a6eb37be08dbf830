"""Doors that judge signatures and proofs, and clients that call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from countersign import Client, Target
from countersign.retry import RetryPolicy
from tests.clients_hubspot.door import CREDENTIALS, REGION, Door
from tests.clients_python.gateway import Gateway
from tests.clients_python.patient import Patient
from tests.clients_python.people import People

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def door() -> Iterator[Door]:
    """Open a signed door that plays parts."""
    with Door() as opened:
        yield opened


@pytest.fixture
def client(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Return a client that signs with the environment's credentials and hardly waits."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIALS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CREDENTIALS.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", str(CREDENTIALS.token))
    with Client(Target(door.url, REGION), RetryPolicy(attempts=3, base=0.001)) as client:
        yield client


@pytest.fixture
def people() -> People:
    """Return who may call: nobody yet."""
    return People()


@pytest.fixture
def gateway(people: People) -> Iterator[Gateway]:
    """Open both doors to them."""
    with Gateway(people) as opened:
        yield opened


@pytest.fixture
def target(gateway: Gateway) -> Target:
    """Return where both doors are."""
    return Target(gateway.url("signed"), REGION, token_url=gateway.url("token"))


@pytest.fixture
def patient(gateway: Gateway, people: People) -> Patient:
    """Return a patient of the doctor."""
    return Patient(gateway, people)
