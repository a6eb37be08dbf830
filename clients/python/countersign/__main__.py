"""The `countersign` command: signed calls, imports, and preparing a HubSpot portal."""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from pathlib import Path

from countersign import parked
from countersign.client import Client
from countersign.errors import CountersignError, Problem, SettingsError
from countersign.hubspot import provision
from countersign.importing import command as importing
from countersign.target import Target, read_outputs

OUTPUTS = Path(".local/outputs.json")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "call":
                _call(options)
            case "import":
                return importing.run(options, _target(options))
            case _ if options.action == "parked":
                return _parked(options)
            case _:
                _provision(options)
    except Problem as refusal:
        print(f"{refusal.status} {refusal.code}: {refusal.detail}", file=sys.stderr)
        for error in refusal.errors:
            print(f"  {error}", file=sys.stderr)
        return 1
    except CountersignError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _call(options: argparse.Namespace) -> None:
    try:
        body = None if options.data is None else json.loads(options.data)
    except json.JSONDecodeError as error:
        raise SettingsError(f"--data is not JSON: {error}") from None
    key = options.key or (str(uuid.uuid4()) if options.method.upper() == "POST" else None)
    with Client(_target(options)) as client:
        answer = client.call(options.method.upper(), options.path, body, key)
    print(f"{answer.status}", file=sys.stderr)
    print(json.dumps(answer.body, indent=2, ensure_ascii=False))


def _provision(options: argparse.Namespace) -> None:
    function, tenant = _function(options, "hubspot_provision_function")
    print(json.dumps(provision(_target(options).session(), function, tenant), indent=2))


def _parked(options: argparse.Namespace) -> int:
    function, tenant = _function(options, "hubspot_parked_function")
    action, *words = options.words or ["list"]
    shown, done = parked.run(
        _target(options).session(),
        function,
        tenant,
        action,
        words,
        state=options.state,
        kind=options.kind,
        everything=options.all,
    )
    print(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0 if done else 1


def _function(options: argparse.Namespace, output: str) -> tuple[str, str]:
    function, tenant = options.function, options.tenant
    if function is None:
        found = read_outputs(options.outputs)
        function, tenant = found[output], tenant or found["tenant"]
    if tenant is None:
        raise SettingsError("--function needs --tenant")
    return function, tenant


def _target(options: argparse.Namespace) -> Target:
    if options.region is None and options.url is None:
        return Target.from_outputs(options.outputs)
    if options.region is None:
        raise SettingsError("--url needs --region")
    return Target(
        url=(options.url or "").rstrip("/"),
        region=options.region,
        role_arn=options.role_arn,
        tenant=options.tenant,
        profile=options.profile,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="countersign", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    call = commands.add_parser("call", help="make one signed call and print its answer")
    call.add_argument("method", help="GET, PUT, POST …")
    call.add_argument("path", help="for example /v1/stock/MUG-1")
    call.add_argument("-d", "--data", help="the JSON body")
    call.add_argument("--key", help="the Idempotency-Key (a new one for each POST by default)")
    call.add_argument("--role-arn", help="the registered role to assume before signing")
    imported = commands.add_parser("import", help="import past orders from CSV files")
    importing.add_arguments(imported)
    imported.add_argument("--role-arn", help="the registered role to assume before signing")
    hubspot = commands.add_parser(
        "hubspot", help="prepare the HubSpot portal, mend what it refused"
    )
    hubspot.add_argument("action", choices=["provision", "parked"])
    hubspot.add_argument("words", nargs="*", help="parked: list, retry KIND/ID…, discard KIND/ID…")
    hubspot.add_argument("--function", help="the output HubspotProvisionFunction, …ParkedFunction")
    hubspot.add_argument("--kind", help="parked: products, contacts, orders, line_items, …")
    hubspot.add_argument("--state", help="parked list: parked, discarded or cured")
    hubspot.add_argument("--all", action="store_true", help="parked: retry or discard all of it")
    hubspot.set_defaults(role_arn=None)
    for one in (call, imported, hubspot):
        one.add_argument("--outputs", type=Path, default=OUTPUTS, help="of `make run`")
        one.add_argument("--url", help="the signed door's URL (the stack's output SignedUrl)")
        one.add_argument("--tenant", help="call: needed when the role serves several tenants")
        one.add_argument("--region")
        one.add_argument("--profile", help="an AWS profile")
    return parser


if __name__ == "__main__":
    sys.exit(main())
