"""Each way to tamper with the audit, on a real table and a locked bucket, is found and located."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.sealing.block import Block, parse
from countersign.auditing.finding import Kind
from countersign.auditing.span import Span
from tests.support.audit_desk import TENANT, AuditDesk

if TYPE_CHECKING:
    from countersign.auditing.finding import Finding


@pytest.fixture
def sealed(desk: AuditDesk) -> AuditDesk:
    """Return nine entries of three minutes in four blocks, all more than half an hour old."""
    for count in (5, 3, 1):
        desk.write(count)
        desk.pass_minutes(1)
    desk.pass_minutes(40)
    desk.seal()
    desk.pass_minutes(31)
    assert desk.findings() == []
    return desk


def kinds(found: list[Finding]) -> list[Kind]:
    """Return what was found, in its order."""
    return [finding.kind for finding in found]


def place(item: dict[str, Any]) -> tuple[str, str]:
    """Return an entry's minute and id."""
    return item["pk"]["S"].split("#")[2], item["sk"]["S"]


def object_key(height: int) -> str:
    """Return a block's key."""
    return f"blocks/{TENANT}/{height:012d}.json"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("principal", {"S": "role/111122223333/somebody-else"}),
        ("at", {"N": "1"}),
        ("fields", {"M": {}}),
        ("result", {"S": "refused"}),
        ("of_resource", {"S": "main#order/other"}),
        ("added", {"BOOL": True}),
        ("added", {"B": b"\x00"}),
    ],
)
def test_an_edited_entry_is_found(sealed: AuditDesk, name: str, value: Any) -> None:
    """Guarantee: any attribute that is changed, added or emptied names its entry and its block."""
    item = sealed.items()[6]
    sealed.put({**item, name: value})
    (finding,) = sealed.findings()
    assert finding.kind is Kind.EDITED
    assert (finding.minute, finding.entry) == place(item)
    assert finding.block == 2


def test_a_removed_entry_is_found(sealed: AuditDesk) -> None:
    """Guarantee: a deleted entry is named with its minute and its block."""
    item = sealed.items()[4]
    sealed.remove(item)
    (finding,) = sealed.findings()
    assert (finding.kind, finding.block) == (Kind.REMOVED, 1)
    assert (finding.minute, finding.entry) == place(item)


def test_an_inserted_entry_is_found(sealed: AuditDesk) -> None:
    """Guarantee: an entry put into a sealed minute is named, unless the sealer takes it as late."""
    item = sealed.items()[0]
    sealed.put({**item, "sk": {"S": "z" * 26}})
    (finding,) = sealed.findings()
    assert (finding.kind, finding.entry) == (Kind.UNSEALED, "z" * 26)
    sealed.pass_minutes(30)
    sealed.seal()
    verification = sealed.verification()
    assert list(verification.findings()) == []
    assert verification.summary()["late"] == 1


def test_an_entry_that_nobody_sealed_is_found(sealed: AuditDesk) -> None:
    """Guarantee: an entry of a minute that never had a block is named, too."""
    (entry,) = sealed.write(1, ago=35 * 60_000)
    (finding,) = sealed.findings()
    assert (finding.kind, finding.entry) == (Kind.UNSEALED, entry.id)


def test_a_moved_entry_is_found(sealed: AuditDesk) -> None:
    """Guarantee: an entry shifted to another time is named at both places."""
    item = sealed.items()[0]
    sealed.remove(item)
    sealed.put({**item, "pk": sealed.items()[7]["pk"]})
    found = sealed.findings()
    assert kinds(found) == [Kind.MOVED, Kind.UNSEALED]
    assert {finding.entry for finding in found} == {item["sk"]["S"]}


def test_swapped_entries_are_found(sealed: AuditDesk) -> None:
    """Guarantee: two entries that change places are both named."""
    one, other = sealed.items()[:2]
    sealed.put({**one, "sk": other["sk"]})
    sealed.put({**other, "sk": one["sk"]})
    assert kinds(sealed.findings()) == [Kind.EDITED, Kind.EDITED]


def test_a_replaced_header_is_found(sealed: AuditDesk) -> None:
    """Guarantee: the table's word on a block is compared with the locked block."""
    sealed.put({**sealed.items("BLOCKS")[1], "hash": {"S": "0" * 64}})
    (finding,) = sealed.findings()
    assert (finding.kind, finding.block) == (Kind.HEADER_CHANGED, 1)


def test_an_edit_with_its_block_made_anew_is_found(sealed: AuditDesk) -> None:
    """Guarantee: whoever rewrites entry, header and head, and writes the block again, is found.

    The first version of a block counts, whatever was put over it.
    """
    item = sealed.items()[8]
    edited = {**item, "principal": {"S": "role/111122223333/somebody-else"}}
    sealed.put(edited)
    _seal_again(sealed, 3, item["sk"]["S"])
    found = sealed.findings()
    assert sorted(kinds(found)) == sorted(
        [Kind.FORK, Kind.EDITED, Kind.HEADER_CHANGED, Kind.HEAD_WRONG]
    )
    assert {finding.block for finding in found} == {3, None}


def _seal_again(sealed: AuditDesk, height: int, entry: str) -> None:
    """Make a block of what the table holds now, and have table and bucket tell of it."""
    key = object_key(height)
    old = parse(sealed.s3.get_object(Bucket=sealed.bucket, Key=key)["Body"].read())
    (leaf,) = (one for one in sealed.sealer().store.entries(TENANT, old.minute) if one.id == entry)
    new = Block(TENANT, height, old.previous, old.minute, old.late, old.sealed_at, (leaf,))
    sealed.s3.put_object(Bucket=sealed.bucket, Key=key, Body=new.document())
    for kind in ("BLOCKS", "CHAIN"):
        for item in sealed.items(kind):
            if item["hash"]["S"] == old.hash:
                root = {"root": {"S": new.header["root"]}} if kind == "BLOCKS" else {}
                sealed.put({**item, **root, "hash": {"S": new.hash}})


def test_a_second_version_is_a_fork(sealed: AuditDesk) -> None:
    """Guarantee: two headers at one height are found, also when they are the same."""
    body = sealed.s3.get_object(Bucket=sealed.bucket, Key=object_key(1))["Body"].read()
    sealed.s3.put_object(Bucket=sealed.bucket, Key=object_key(1), Body=body)
    (finding,) = sealed.findings()
    assert (finding.kind, finding.block) == (Kind.FORK, 1)


def test_a_hidden_block_is_found(sealed: AuditDesk) -> None:
    """Guarantee: a deletion marker hides nothing from the verification."""
    sealed.s3.delete_object(Bucket=sealed.bucket, Key=object_key(2))
    (finding,) = sealed.findings()
    assert (finding.kind, finding.block) == (Kind.FORK, 2)


def test_the_last_block_removed_is_found(sealed: AuditDesk) -> None:
    """Guarantee: a chain cut short in the bucket contradicts the table, and leaves its entries."""
    sealed.erase(object_key(3))
    found = sealed.findings()
    assert kinds(found) == [Kind.UNSEALED, Kind.HEADER_INVENTED, Kind.HEAD_WRONG]
    assert found[1].block == 3


def test_a_chain_cut_short_in_the_table_is_found(sealed: AuditDesk) -> None:
    """Guarantee: who takes the newest blocks and their entries out of the table is found."""
    for item in sealed.items()[5:] + sealed.items("BLOCKS")[2:]:
        sealed.remove(item)
    (head,) = sealed.items("CHAIN")
    first = sealed.items("BLOCKS")[1]
    sealed.put({**head, "height": {"N": "2"}, "hash": first["hash"]})
    found = sealed.findings()
    assert kinds(found) == [Kind.REMOVED] * 4 + [Kind.HEADER_REMOVED] * 2 + [Kind.HEAD_WRONG]


def test_a_block_missing_in_the_middle_is_found(sealed: AuditDesk) -> None:
    """Guarantee: the height is named, and the link over the gap is not taken for good."""
    sealed.erase(object_key(1))
    found = sealed.findings()
    assert (found[0].kind, found[0].block) == (Kind.BLOCK_MISSING, 1)


def test_a_block_that_says_something_else_is_found(sealed: AuditDesk) -> None:
    """Guarantee: neither a block's leaves nor its header can be other than its hash says."""
    body = sealed.s3.get_object(Bucket=sealed.bucket, Key=object_key(2))["Body"].read()
    sealed.erase(object_key(2))
    forged = json.loads(body)
    forged["leaves"] = forged["leaves"][:-1]
    sealed.s3.put_object(Bucket=sealed.bucket, Key=object_key(2), Body=json.dumps(forged).encode())
    assert (Kind.BLOCK_MALFORMED, 2) in [(f.kind, f.block) for f in sealed.findings()]


def test_a_chain_made_anew_from_the_middle_is_found(sealed: AuditDesk) -> None:
    """Guarantee: a block that fits its own leaves and not the block before it breaks the chain."""
    body = sealed.s3.get_object(Bucket=sealed.bucket, Key=object_key(2))["Body"].read()
    old = parse(body)
    sealed.erase(object_key(2))
    new = Block(TENANT, 2, "f" * 64, old.minute, old.late, old.sealed_at, old.leaves)
    sealed.s3.put_object(Bucket=sealed.bucket, Key=object_key(2), Body=new.document())
    broken = [f.block for f in sealed.findings() if f.kind is Kind.LINK_BROKEN]
    assert broken == [2, 3]


def test_what_is_no_entry_is_found(sealed: AuditDesk) -> None:
    """Guarantee: nothing hides in the table under another kind of key."""
    sealed.put({"pk": {"S": "main#NOTES#x"}, "sk": {"S": "1"}})
    (finding,) = sealed.findings()
    assert finding.kind is Kind.FOREIGN


def test_a_block_without_a_lock_is_found(emulated: Any) -> None:
    """Guarantee: a bucket that does not lock what it is given is told of."""
    desk = AuditDesk.open(emulated)
    desk.bucket += "-unlocked"
    desk.s3.create_bucket(
        Bucket=desk.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    desk.s3.put_bucket_versioning(Bucket=desk.bucket, VersioningConfiguration={"Status": "Enabled"})
    desk.write()
    desk.pass_minutes(5)
    desk.seal()
    (finding,) = desk.findings()
    assert (finding.kind, finding.block) == (Kind.BLOCK_UNLOCKED, 0)


def test_a_span_is_verified_alone(sealed: AuditDesk) -> None:
    """Guarantee: a span sees what is wrong inside it, and is quiet about what is not its own."""
    begun = datetime.fromtimestamp(sealed.clock.now() / 1000, UTC) - timedelta(minutes=74)
    first = Span(begun, begun + timedelta(minutes=1))
    rest = Span(begun + timedelta(minutes=1), begun + timedelta(minutes=40))
    assert sealed.findings(first) == sealed.findings(rest) == []
    sealed.remove(sealed.items()[0])
    assert kinds(sealed.findings(first)) == [Kind.REMOVED]
    assert sealed.findings(rest) == []


def test_new_entries_are_pending_and_no_finding(sealed: AuditDesk) -> None:
    """Guarantee: what is too young to be sealed is counted, and blamed on nobody."""
    sealed.write(2)
    verification = sealed.verification()
    assert list(verification.findings()) == []
    assert verification.summary() == {
        "ok": True,
        "entries": 11,
        "blocks": 4,
        "late": 0,
        "pending": 2,
        "tenants": 1,
        "findings": {},
    }
