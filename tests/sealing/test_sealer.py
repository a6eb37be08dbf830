"""The sealer on a real table and a locked bucket: every entry into one block, each block once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from core.contention import Superseded
from core.sealing.block import NOTHING_BEFORE, parse
from core.sealing.sealer import MINUTE_MS, Forked
from tests.support.audit_desk import FAR, LOOKS, TENANT, AuditDesk

if TYPE_CHECKING:
    from core.sealing.block import Block


def blocks(desk: AuditDesk) -> list[Block]:
    """Return the chain as it is locked."""
    return [parse(document) for _, document in desk.objects()]


def sealed_ids(desk: AuditDesk) -> list[str]:
    """Return the ids of every leaf, in the chain's order."""
    return [leaf.id for block in blocks(desk) for leaf in block.leaves]


def test_a_closed_minute_becomes_blocks_on_the_one_before(desk: AuditDesk) -> None:
    """Guarantee: entries in order, four to a block here, each block naming the hash before it."""
    written = [entry.id for entry in desk.write(6)]
    desk.pass_minutes(1)
    written += [entry.id for entry in desk.write(1)]
    desk.pass_minutes(4)
    tally = desk.seal()
    assert (tally.blocks, tally.entries, tally.late) == (3, 7, 0)
    chain = blocks(desk)
    assert [len(block.leaves) for block in chain] == [4, 2, 1]
    assert [block.height for block in chain] == [0, 1, 2]
    assert [block.previous for block in chain] == [NOTHING_BEFORE, chain[0].hash, chain[1].hash]
    assert sealed_ids(desk) == written
    assert desk.findings() == []


def test_a_new_tenant_is_sealed_from_an_hour_back(desk: AuditDesk) -> None:
    """Guarantee: what is written before the first run of a new tenant's sealing is sealed by it."""
    desk.write(2, ago=59 * MINUTE_MS, tenant="new")
    assert desk.seal("new").entries == 2


def test_an_open_minute_is_left_alone(desk: AuditDesk) -> None:
    """Guarantee: a minute is sealed two minutes after its end, and not before."""
    desk.write()
    into = desk.clock.now() % MINUTE_MS
    desk.clock.advance(3 * MINUTE_MS - into - 1)
    assert desk.seal().entries == 0
    desk.clock.advance(1)
    assert desk.seal().entries == 1


def test_nothing_to_seal_makes_no_block_and_the_next_run_is_short(desk: AuditDesk) -> None:
    """Guarantee: an idle tenant costs one written item a run, and no minute is read again."""
    desk.pass_minutes(90)
    desk.seal()
    desk.pass_minutes(1)
    queries: list[str] = []
    desk.dynamodb.meta.events.register(
        "before-send.dynamodb.Query", lambda **_: queries.append("query")
    )
    assert desk.seal().blocks == 0
    assert len(queries) == len(LOOKS)
    assert blocks(desk) == []


@pytest.mark.parametrize("after", [3, 19, 40])
def test_a_late_entry_is_sealed_as_late(desk: AuditDesk, after: int) -> None:
    """Guarantee: what comes after its minute was sealed is sealed at the next look, and only it."""
    desk.write(2)
    desk.pass_minutes(after)
    desk.seal()
    (late,) = desk.write(1, ago=after * MINUTE_MS)
    desk.pass_minutes(62)
    tally = desk.seal()
    assert (tally.entries, tally.late) == (1, 1)
    last = blocks(desk)[-1]
    assert (last.late, [leaf.id for leaf in last.leaves]) == (True, [late.id])
    assert tally.oldest >= after * MINUTE_MS
    assert desk.findings() == []


def test_tenants_have_chains_of_their_own(desk: AuditDesk) -> None:
    """Guarantee: one tenant's entries leave no trace in another's blocks."""
    desk.write(1, tenant="main")
    desk.begin("other")
    desk.write(1, tenant="other")
    desk.pass_minutes(5)
    assert desk.seal("main").entries == desk.seal("other").entries == 1
    assert [(block.tenant, block.height) for block in blocks(desk)] == [("main", 0), ("other", 0)]


def test_a_run_out_of_time_goes_on_later(desk: AuditDesk) -> None:
    """Guarantee: a run that may begin nothing seals nothing, and what is due is not forgotten."""
    desk.write(5)
    desk.pass_minutes(30)
    assert desk.sealer().seal(TENANT, desk.clock.now()).entries == 0
    assert desk.seal().entries == 5


def test_two_sealers_cannot_fork(desk: AuditDesk) -> None:
    """Guarantee: of two runs at once one writes each block; the other gives up, nothing is lost."""
    desk.write(9)
    desk.pass_minutes(5)
    slow, quick = desk.sealer(), desk.sealer()
    interrupted = False

    def overtake(**_: object) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            quick.seal(TENANT, FAR)

    desk.s3.meta.events.register("before-call.s3.PutObject", overtake)
    with pytest.raises(Superseded):
        slow.seal(TENANT, FAR)
    desk.seal()
    assert len(sealed_ids(desk)) == len(set(sealed_ids(desk))) == 9
    assert desk.findings() == []


def test_a_foreign_block_at_the_end_stops_the_sealer(desk: AuditDesk) -> None:
    """Guarantee: the sealer continues its own chain or none."""
    desk.write()
    desk.pass_minutes(5)
    desk.seal()
    (key, document) = next(desk.objects())
    forged = json.loads(document)
    forged["header"] |= {"height": 1, "previous": "f" * 64}
    body = json.dumps(forged, separators=(",", ":"), sort_keys=True).encode()
    desk.s3.put_object(Bucket=desk.bucket, Key=key.replace("0.json", "1.json"), Body=body)
    desk.write()
    desk.pass_minutes(5)
    with pytest.raises(Forked):
        desk.seal()


def test_a_locked_block_cannot_be_removed(desk: AuditDesk) -> None:
    """Guarantee: the bucket refuses to delete a block's version."""
    desk.write()
    desk.pass_minutes(5)
    desk.seal()
    (version,) = desk.s3.list_object_versions(Bucket=desk.bucket)["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        desk.s3.delete_object(
            Bucket=desk.bucket, Key=version["Key"], VersionId=version["VersionId"]
        )
