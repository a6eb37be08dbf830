"""Makes a tenant's first key, and ends in an incident what was issued. Behind no door.

Whoever may invoke this function by IAM is its operator; `requests.py` says what he can ask.
"""

from __future__ import annotations

import os
import secrets
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from access_admin import answers
from access_admin.actions import Actions
from access_admin.settings import Settings
from core.clock import SystemClock
from core.errors import CountersignError
from core.keyring.bootstrap import Bootstrap
from core.keyring.incidents import Incidents
from core.log import logger
from core.settings import read
from core.store.cuts import StoredCuts
from core.store.keyring import StoredKeyring
from core.store.table import client
from core.ulids import Ulids

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = read(Settings, os.environ)
log = logger("access_admin")
clock, ids, random = SystemClock(), Ulids(), SystemRandom()
dynamodb = client()
access, audit = settings.access_table, settings.audit_table

actions = Actions(
    Bootstrap(StoredKeyring(dynamodb, access, audit), clock, ids, random, secrets.token_bytes),
    Incidents(StoredCuts(dynamodb, access, audit), clock, ids, random),
    clock,
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what the operator asks; a refusal is an answer, our own failure an error of Lambda's."""
    action = str(event.get("action"))[:64]
    try:
        answer = actions.answer(event, context.aws_request_id)
    except CountersignError as error:
        log.warning("refused", action=action, code=error.code, reason=error.internal)
        return answers.refused(error)
    log.warning(
        "done",
        action=action,
        tenant=event.get("tenant"),
        principal=event.get("principal"),
        everything=event.get("all"),
        request_id=context.aws_request_id,
    )
    return answer
