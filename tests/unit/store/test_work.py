"""Sync moves only the marks that it found: those of its own lanes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
from moto import mock_aws

from core.clock import SystemClock
from core.crm.records import Mark
from core.store import keys, marks, table
from core.store.marks import Lingers
from core.store.work import StoredWork
from tests.support import tables

LATER = 4_000_000_000_000


def test_an_order_on_its_way_keeps_the_time_of_its_saga() -> None:
    """Guarantee: an order that began to ship while it was pushed stays due for the sweeper."""
    with mock_aws(), ThreadPoolExecutor(1) as executor:
        dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
        tables.create(dynamodb)
        key = keys.order("main", "o1")
        item = {"version": 2, **marks.attributes(key, marks.SAGAS, 1_000)}
        whole = table.to_wire({"pk": key.pk, "sk": key.sk, **item})
        dynamodb.put_item(TableName=tables.CORE, Item=whole)
        clock, lingers = SystemClock(), Lingers(5, 60)
        work = StoredWork(dynamodb, tables.CORE, "main", lingers, clock, executor)
        pushed = Mark((key.pk, key.sk), 1, marks.ORDERS, 0, 0)

        assert work.clean([pushed]) == 0
        work.rest([(pushed, LATER)])

        left = table.get(dynamodb, tables.CORE, key) or {}
        assert (left["work_queue"], left["due_at"]) == (
            keys.queue_of(key, marks.SAGAS),
            1_000,
        )
