"""What HubSpot refused: an operator lists it, retries it, or says that it is never to land.

Needs `lambda:InvokeFunction` on the function (the stack's output HubspotParkedFunction): an
operator's right, which no caller of the doors has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countersign.aws import invoke
from countersign.errors import FunctionError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import boto3

BATCH = 100
"""Records of one invocation."""

ACTIONS = ("list", "retry", "discard")

Record = dict[str, Any]


def operator(session: boto3.Session) -> str:
    """Return the ARN that AWS knows the person by: the name under which the audit keeps him."""
    return str(session.client("sts").get_caller_identity()["Arn"])


def listed(
    session: boto3.Session,
    function: str,
    tenant: str,
    *,
    state: str = "parked",
    kind: str | None = None,
) -> Iterator[Record]:
    """Yield all records in a state (`parked`, `discarded`, `cured`), oldest first.

    `kind` is HubSpot's object type, `orders.contacts` or `contacts.email`. FunctionError
    says what is wrong.
    """
    asked = {"tenant": tenant, "action": "list", "state": state, "kind": kind, "limit": BATCH}
    after = None
    while True:
        report = invoke(session, function, {**asked, "after": after})
        if not report["ok"]:
            raise FunctionError("\n".join(report["problems"]))
        yield from report["records"]
        after = report["next"]
        if after is None:
            return


def change(
    session: boto3.Session, function: str, tenant: str, action: str, records: Sequence[Record]
) -> list[Record]:
    """Retry or discard records, each `{"kind", "id"}`; return what came of each, in order.

    Of a result other than `owed`, `discarded` or `cured` nothing was done. FunctionError when the
    function refuses the whole call.
    """
    asked = {"tenant": tenant, "action": action, "operator": operator(session)}
    results: list[Record] = []
    for start in range(0, len(records), BATCH):
        some = [{"kind": r["kind"], "id": r["id"]} for r in records[start : start + BATCH]]
        report = invoke(session, function, {**asked, "records": some})
        if "records" not in report:
            raise FunctionError("\n".join(report["problems"]))
        results += report["records"]
    return results


def named(words: Iterable[str]) -> list[Record]:
    """Read `KIND/ID` words, as a listing's `kind` and `id`; SettingsError for any other."""
    records = []
    for word in words:
        kind, slash, record = word.partition("/")
        if not (kind and slash and record):
            raise SettingsError(f"{word} is not KIND/ID, for example products/01jd9z…")
        records.append({"kind": kind, "id": record})
    return records


def run(
    session: boto3.Session,
    function: str,
    tenant: str,
    action: str,
    words: Sequence[str] = (),
    *,
    state: str | None = None,
    kind: str | None = None,
    everything: bool = False,
) -> tuple[list[Record], bool]:
    """Do one of ACTIONS; return what to show, and whether all that was asked for is done.

    Of `list`, `state` is `parked` unless told. A change names its records in `words`, or takes
    `everything` that is parked (of a `kind`).
    """
    if action not in ACTIONS:
        raise SettingsError(f"{action} is none of {', '.join(ACTIONS)}")
    if action == "list":
        if words or everything:
            raise SettingsError("list names no records")
        return list(listed(session, function, tenant, state=state or "parked", kind=kind)), True
    if state is not None:
        raise SettingsError(f"{action} knows no --state")
    if everything == bool(words) or (words and kind):
        raise SettingsError(f"{action} needs KIND/ID of each record, or --all (and --kind)")
    records = list(listed(session, function, tenant, kind=kind)) if everything else named(words)
    results = change(session, function, tenant, action, records)
    undone = {"not_found", "busy"} | ({"cured"} if action == "discard" else set())
    return results, not any(r["result"] in undone for r in results)
