"""`countersign audit …`: reads the audit with the auditor's role, past every function."""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.auditing.entries import Search
from countersign.auditing.export import Export, wrong
from countersign.auditing.locked import LockedChain
from countersign.auditing.span import Span
from countersign.auditing.table import AuditTable, dynamodb_of
from countersign.auditing.verify import Verification
from countersign.commands.options import Place
from countersign.commands.spread import spread
from countersign.errors import SettingsError

if TYPE_CHECKING:
    import boto3

app = typer.Typer(help="Verify, search and export the audit.", no_args_is_help=True)

FOUND = 3
"""The exit code of a verification that found something."""

From = Annotated[str | None, typer.Option("--from", help="2026-11-22, or 2026-11-22T09:00:00Z")]
To = Annotated[str | None, typer.Option("--to", help="up to here, without it; now unless told")]


@dataclass(frozen=True, slots=True)
class Auditor:
    """Where the audit is, and the role that reads it."""

    table: Annotated[str | None, typer.Option(help="the stack's output AuditTableName")] = None
    bucket: Annotated[str | None, typer.Option(help="the stack's output AuditBucketName")] = None
    role_arn: Annotated[
        str | None, typer.Option(help="the stack's output AuditReaderRoleArn; else your own rights")
    ] = None

    def session(self, place: Place) -> boto3.Session:
        """Return a session of the role, if one is named or the run has one."""
        role = self.role_arn
        if role is None and place.is_local:
            role = place.output("audit_reader_role_arn")
        target = place.target(role)
        return target.assumed() if role else target.session()

    def audit_table(self, place: Place, session: boto3.Session) -> AuditTable:
        """Return the table."""
        return AuditTable(dynamodb_of(session), _named(place, "table", self.table))

    def locked(self, place: Place, session: boto3.Session) -> LockedChain:
        """Return the bucket."""
        return LockedChain(session.client("s3"), _named(place, "bucket", self.bucket))


@app.command()
@spread
def verify(place: Place, auditor: Auditor, start: From = None, end: To = None) -> None:
    """Hold the table against the locked blocks; print each finding, then how much was compared.

    Exit code 0: all is as it was sealed. 3: something is not.
    """
    session = auditor.session(place)
    verification = Verification(
        auditor.audit_table(place, session),
        auditor.locked(place, session),
        span(start, end),
        (place.tenant,) if place.tenant else (),
    )
    for finding in verification.findings():
        print(json.dumps(finding.shown(), ensure_ascii=False))
    summary = verification.summary()
    print(json.dumps(summary))
    if not summary["ok"]:
        raise typer.Exit(FOUND)


@app.command()
@spread
def search(
    place: Place,
    auditor: Auditor,
    resource: Annotated[str | None, typer.Option(help="about what: order/01…, key/01…")] = None,
    principal: Annotated[
        str | None, typer.Option(help="by whom: key/<id>, client/<id>, role/<account>/<name>")
    ] = None,
    action: Annotated[str | None, typer.Option(help="order.place, key.make, …")] = None,
    start: From = None,
    end: To = None,
) -> None:
    """Print the entries of a tenant, oldest first: by --resource, --principal, or --from."""
    tenant = place.tenant or (place.output("tenant") if place.is_local else None)
    if tenant is None:
        raise SettingsError("name --tenant (- for what is of the deployment)")
    if resource is None and principal is None and start is None:
        raise SettingsError("name --resource, --principal, or --from")
    table = auditor.audit_table(place, auditor.session(place))
    wanted = Search(tenant, resource, principal, action, span(start, end))
    for entry in wanted.entries(table):
        print(json.dumps(entry, ensure_ascii=False, default=str))


@app.command()
@spread
def export(place: Place, auditor: Auditor, start: From = None, end: To = None) -> None:
    """Print each sealed entry with its proof, a line each: its item, its block, the path between.

    Exit code 3: the chain is broken; `verify` says where else.
    """
    session = auditor.session(place)
    table, locked = auditor.audit_table(place, session), auditor.locked(place, session)
    tenants = (place.tenant,) if place.tenant else ()
    exported = Export(table, locked, span(start, end), tenants)
    for line in exported.lines():
        print(json.dumps(line, ensure_ascii=False, default=_bytes))
    for finding in exported.broken:
        print(json.dumps(finding.shown(), ensure_ascii=False), file=sys.stderr)
    if exported.broken:
        raise typer.Exit(FOUND)


@app.command()
@spread
def check(
    file: Annotated[Path, typer.Argument(help="of `export`")],
    place: Place,
    auditor: Auditor,
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="believe the headers in the file")
    ] = False,
) -> None:
    """Hold an exported file against the locked blocks. Exit code 3: something does not hold."""
    locked = None if offline else auditor.locked(place, auditor.session(place))
    with file.open(encoding="utf-8") as lines:
        mistakes = list(wrong(lines, locked))
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        raise typer.Exit(FOUND)


def _bytes(value: bytes) -> str:
    """Return bytes as DynamoDB's JSON has them."""
    return base64.b64encode(value).decode()


def span(start: str | None, end: str | None) -> Span | None:
    """Return the span that the options name, None for all."""
    if start is None:
        if end is not None:
            raise SettingsError("--to needs --from")
        return None
    return Span.parse(start, end, datetime.now(UTC))


def _named(place: Place, option: str, given: str | None) -> str:
    if given is not None:
        return given
    if not place.is_local:
        raise SettingsError(f"name --{option}: a deployment on AWS has no local outputs")
    return place.output(f"audit_{option}")
