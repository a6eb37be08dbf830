"""The command line as a whole: every group and command of it."""

from __future__ import annotations

import typer

from countersign.commands import hubspot
from countersign.commands.call import call
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
app.add_typer(hubspot.app, name="hubspot")
