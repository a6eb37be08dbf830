"""`countersign doctor METHOD PATH`: makes a call and says why it is refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.commands.call import parsed
from countersign.commands.options import Place
from countersign.commands.proofs import Caller
from countersign.commands.spread import spread
from countersign.doctor import evidence
from countersign.doctor.diagnosis import findings
from countersign.doctor.exchange import observe
from countersign.doctor.operator import Operator, role_of
from countersign.doctor.report import report
from countersign.flavours import Layered, Signed

if TYPE_CHECKING:
    from countersign.client import Client
    from countersign.doctor.exchange import Exchange
    from countersign.doctor.finding import Finding


@spread
def doctor(
    place: Place,
    caller: Caller,
    method: Annotated[str, typer.Argument(help="of the call that is refused")] = "GET",
    path: Annotated[str, typer.Argument(help="of the call that is refused")] = "/v1/stock?limit=1",
    data: Annotated[str | None, typer.Option("-d", "--data", help="the JSON body")] = None,
    key: Annotated[
        str | None, typer.Option(help="the Idempotency-Key: without one a POST does nothing new")
    ] = None,
    *,
    operator: Annotated[
        bool,
        typer.Option(
            "--operator", help="also read policies and logs with your AWS credentials (--profile)"
        ),
    ] = False,
) -> None:
    """Make a call, once and as it is, and say in plain words why it is refused.

    Compares the request as signed with the request as sent. Exit code 0 when it is answered, 1
    when it is not. A call that is not refused takes effect: GET is the usual one to ask about.
    """
    with caller.client(place) as client:
        exchange = observe(client, method.upper(), path, parsed(data), key)
        found = findings(exchange)
        if operator and not exchange.answered:
            found = _with_evidence(client, exchange, found)
    print(report(exchange, found))
    raise typer.Exit(0 if exchange.answered else 1)


def _with_evidence(client: Client, exchange: Exchange, found: list[Finding]) -> list[Finding]:
    session, proof = client.target.session(), client.proof
    first = proof.first if isinstance(proof, Layered) else proof
    role = (
        role_of(session, first.credentials.get_frozen_credentials())
        if isinstance(first, Signed)
        else ""
    )
    read = Operator(session).evidence(
        exchange.expected.api, exchange.request_id, exchange.at, role, exchange.method_arn(role)
    )
    for line in read.unread:
        print(f"not read: {line}", file=sys.stderr)
    told = evidence.findings(read, role)
    return [*told, *(one for one in found if one.certain)] if told else found
