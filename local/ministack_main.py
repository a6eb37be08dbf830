"""Starts MiniStack inside its own environment; nothing of the project is imported here.

Five things of it are changed before it serves. Python functions run in an environment that holds
only boto3, as in Lambda, so a package that a bundle lacks is missing here too. It listens on its
one port only: with TLS it would also take 443 where it can. A batch of SQS is authorized as on
AWS, by the right to the single action (Amazon SQS, "API permissions"): the batch actions that
MiniStack asks for do not exist in IAM. And an action on one item carries the item's partition key
as `dynamodb:LeadingKeys` (DynamoDB, "Using IAM policy conditions"), also within a transaction:
MiniStack leaves it out, and a right to some items would be a right to all of them. Last, a function
that has raised an exception is kept as in Lambda: else each 401, which an authorizer answers so,
would cost a cold start and throw its caches away.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Run MiniStack in the foreground with the interpreter for functions named by LAMBDA_PYTHON."""
    emulator = importlib.import_module("ministack.app")
    vars(emulator)["_port_is_bindable"] = lambda *_: False
    rights = vars(importlib.import_module("ministack.core.iam_actions"))
    rights["extract_iam_action"] = _without_batches(rights["extract_iam_action"])
    rights["dynamodb_service_context"] = _of_one_item(rights["dynamodb_service_context"])
    rights["dynamodb_transaction_checks"] = _of_each_item(rights["dynamodb_transaction_checks"])
    decisions = vars(importlib.import_module("ministack.core.iam_evaluator"))
    decisions["enforce"] = _by_item(decisions["enforce"])
    _keep_after_an_exception(vars(importlib.import_module("ministack.core.lambda_runtime")))
    sys.executable = os.environ["LAMBDA_PYTHON"]
    emulator.main()


def _without_batches(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    def action(*request: Any) -> str | None:
        found = extract(*request)
        return found.removesuffix("Batch") if found and found.startswith("sqs:") else found

    return action


class _OnItem(str):
    """An action within a transaction, and the condition keys of the item that it is on."""

    __slots__ = ("condition_keys",)
    condition_keys: dict[str, list[str]]


def _leading_keys(request: Any) -> dict[str, list[str]]:
    """Return the condition key of a request that names one item; every table's key is `pk`."""
    item = request.get("Key") or request.get("Item") or {} if isinstance(request, dict) else {}
    return {"dynamodb:LeadingKeys": [item["pk"]["S"]]} if "pk" in item else {}


def _of_one_item(describe: Callable[[bytes], dict[str, Any]]) -> Callable[[bytes], dict[str, Any]]:
    return lambda body: describe(body) | _leading_keys(json.loads(body or b"{}"))


def _of_each_item(checks: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def each(action: str, body: bytes, *where: str) -> list[Any]:
        if not action.startswith("dynamodb:Transact"):
            return checks(action, body, *where)
        found = []
        for item in json.loads(body or b"{}").get("TransactItems", []):
            alone = json.dumps({"TransactItems": [item]}).encode()
            for name, table in checks(action, alone, *where):
                found.append((_OnItem(name), table))
                found[-1][0].condition_keys = _leading_keys(next(iter(item.values())))
        return found

    return each


def _by_item(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforced(key: str, action: str, *request: Any, **known: Any) -> Any:
        if isinstance(action, _OnItem):
            known["service_context"] = (known.get("service_context") or {}) | action.condition_keys
        return enforce(key, action, *request, **known)

    return enforced


def _keep_after_an_exception(runtime: dict[str, Any]) -> None:
    """Have a worker tell what its handler raised as an answer, so that it is not ended for it."""
    told, kept = ('"status": "error", "error": str(e), "trace"', '"status": "ok", "raised": True, ')
    script, worker = runtime["_PYTHON_WORKER_SCRIPT"], runtime["Worker"]
    if script.count(told) != 1:
        raise RuntimeError("MiniStack's worker is not the one that this was written for")
    runtime["_PYTHON_WORKER_SCRIPT"] = script.replace(told, kept + told.partition(", ")[2])
    invoke = worker.invoke

    def invoked(self: Any, *call: Any, **told: Any) -> dict[str, Any]:
        answer: dict[str, Any] = invoke(self, *call, **told)
        return answer | {"status": "error"} if answer.get("raised") else answer

    worker.invoke = invoked


main()
