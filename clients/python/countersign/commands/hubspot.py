"""`countersign hubspot …`: what a deployer does to the HubSpot portal."""

from __future__ import annotations

import json
import sys
import webbrowser
from typing import Annotated, Any

import typer

from countersign.commands import parked, reconcile
from countersign.commands.options import Place
from countersign.commands.showing import show
from countersign.commands.spread import spread
from countersign.connecting import PORT, connect
from countersign.hubspot import check, provision

app = typer.Typer(help="Prepare the HubSpot portal, mend what it refused.", no_args_is_help=True)
app.add_typer(parked.app, name="parked")
app.add_typer(reconcile.app, name="reconcile")


@app.callback()
def group() -> None:
    """Prepare the HubSpot portal, mend what it refused."""


@app.command("provision")
@spread
def provision_portal(
    place: Place,
    function: Annotated[
        str | None, typer.Option(help="the stack's output HubspotProvisionFunction")
    ] = None,
) -> None:
    """Make the custom properties in the portal; may be run again at any time."""
    name, tenant = place.function(function, "hubspot_provision_function")
    print(json.dumps(provision(place.target().session(), name, tenant), indent=2))


@app.command("connect")
@spread
def connect_portal(
    place: Place,
    function: Annotated[
        str | None, typer.Option(help="the stack's output HubspotOauthFunction")
    ] = None,
    port: Annotated[int, typer.Option(help="of the app's redirect URL on this machine")] = PORT,
    *,
    browser: Annotated[bool, typer.Option(help="open the page in a browser")] = True,
) -> None:
    """Let an OAuth app into the tenant's portal, by HubSpot's own page in a browser.

    The app's redirect URL is http://localhost:8765/callback, with another --port that one.
    """

    def open_page(url: str) -> None:
        print(f"Let the app in, within ten minutes, on this page:\n{url}", file=sys.stderr)
        if browser:
            webbrowser.open(url)

    name, tenant = place.function(function, "hubspot_oauth_function")
    session = place.target().session()
    show(connect(session, name, tenant, port=port, open_page=open_page))


@app.command("check")
@spread
def check_portal(
    place: Place,
    function: Annotated[
        str | None, typer.Option(help="the stack's output HubspotCheckFunction")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="for a program")] = False,
) -> None:
    """Say what is wrong with token, scopes, portal, properties or API version; exit 1 if anything.

    Nothing is changed.
    """
    name, tenant = place.function(function, "hubspot_check_function")
    report = check(place.target().session(), name, tenant)
    if as_json:
        show(report)
    else:
        print(in_words(report))
    if not report["ok"]:
        raise typer.Exit(1)


def in_words(report: dict[str, Any]) -> str:
    """Return a report as text: a heading, then each finding with why and what to do."""
    portal = f"portal {report['portal']}" if report["portal"] else "portal unknown"
    heading = f"{report['tenant']}: {portal}, API {report['api_version']}, "
    heading += f"token {report['token_age_days']} days old"
    findings = [
        f"  ✗ {f['what']}\n    Why it matters: {f['why']}\n    What to do: {f['todo']}"
        for f in report["findings"]
    ]
    unchecked = [f"  ? Not checked. {sentence}" for sentence in report["unchecked"]]
    return "\n".join([heading, *(findings or ["  ✓ All is as it must be."]), *unchecked])
