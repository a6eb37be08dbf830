"""moto's DynamoDB without its one great cost.

moto 5.2 copies the whole table once for every action of a transaction, to be able to roll back:
2.3 s for 96 actions on 1,000 items. The copies are made before anything is written and only the
last one counts, so here a transaction makes one copy per table. What is answered is the same.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto import mock_aws
from moto.dynamodb import models
from moto.dynamodb.models.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

_transact = models.DynamoDBBackend.transact_write_items


@contextmanager
def quick_moto() -> Iterator[None]:
    """Do as `mock_aws`, with transactions that copy each table once."""
    with mock_aws(), patch.object(models.DynamoDBBackend, "transact_write_items", _copying_once):
        yield


def _copying_once(self: models.DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    copies: dict[int, Any] = {}

    def deepcopy(value: Any, memo: dict[int, Any] | None = None) -> Any:
        if not isinstance(value, Table):
            return copy.deepcopy(value, memo)
        if id(value) not in copies:
            copies[id(value)] = copy.deepcopy(value, memo)
        return copies[id(value)]

    with patch.object(models, "copy", SimpleNamespace(deepcopy=deepcopy, copy=copy.copy)):
        _transact(self, transact_items)
