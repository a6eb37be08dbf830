"""A sealer that dies at any of its writes leaves a chain that the next run continues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sealing.test_sealer import sealed_ids

if TYPE_CHECKING:
    from tests.support.audit_desk import AuditDesk

WRITES = ("dynamodb.TransactWriteItems", "s3.PutObject")


WRITTEN = 7
"""Three blocks, each in bucket and table, and how far the run came in the end."""


class Died(BaseException):
    """The process is gone: no handler of the sealer's runs any more."""


def _dies(desk: AuditDesk, at: int, when: str) -> bool:
    """Seal and die at a write; return whether there was one."""
    seen = 0

    def die(**_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise Died

    hook = "before-send" if when == "before" else "after-call"
    clients = {"dynamodb": desk.dynamodb, "s3": desk.s3}
    for write in WRITES:
        clients[write.split(".")[0]].meta.events.register(f"{hook}.{write}", die, unique_id=write)
    try:
        desk.seal()
    except Died:
        return True
    finally:
        for write in WRITES:
            clients[write.split(".")[0]].meta.events.unregister(
                f"{hook}.{write}", die, unique_id=write
            )
    return False


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(1, 9))
def test_every_entry_is_sealed_once_wherever_the_sealer_dies(
    desk: AuditDesk, at: int, when: str
) -> None:
    """Guarantee: three blocks over two minutes, died in, and a late one: all are in order then.

    A block whose run died is taken as it stands, and what it holds is not sealed again.
    """
    desk.write(5)
    desk.pass_minutes(1)
    desk.write(2)
    desk.pass_minutes(3)
    assert _dies(desk, at, when) == (at <= WRITTEN)
    desk.write(1, ago=4 * 60_000)
    desk.pass_minutes(30)
    desk.seal()
    ids = sealed_ids(desk)
    assert len(ids) == len(set(ids)) == 8
    assert desk.findings() == []
    assert desk.seal().blocks == 0


def test_a_dead_run_s_block_does_not_hide_what_came_after_it(desk: AuditDesk) -> None:
    """Guarantee: the next run seals an entry that came between, in time, in another block."""
    desk.write(3)
    desk.pass_minutes(4)
    assert _dies(desk, 1, "after")
    desk.write(1, ago=4 * 60_000)
    tally = desk.seal()
    assert (tally.blocks, tally.entries, tally.late) == (2, 4, 0)
    assert desk.findings() == []
