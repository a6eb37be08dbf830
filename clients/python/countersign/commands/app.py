"""The command line as a whole: every group and command of it."""

from __future__ import annotations

import typer

from countersign.commands import audit, hubspot, incident, keys
from countersign.commands.call import call
from countersign.commands.compliance import compliance
from countersign.commands.credentials import credentials
from countersign.commands.doctor import doctor
from countersign.importing.command import command as import_orders

app = typer.Typer(
    help="Signed calls, imports, and what a deployer does to Countersign.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("call")(call)
app.command("doctor")(doctor)
app.command("import")(import_orders)
app.command("compliance")(compliance)
app.command("credentials")(credentials)
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.add_typer(incident.app, name="incident")
app.add_typer(hubspot.app, name="hubspot")
