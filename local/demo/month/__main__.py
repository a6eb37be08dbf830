"""`make demo DATA=… [OPENING_STOCK_FACTOR=…] [BACKLOG=1]`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from countersign import CountersignError
from countersign.importing.command import factor
from countersign.importing.rows import csv_files
from local import paths
from local.cdk import DeployError
from local.demo.month.run import PRODUCTION_LINGERS, Month, Wish
from local.ports import PortBusyError, free_ports
from local.processes import StartError, interrupt_once
from local.progress import Progress
from local.system import running

REPORT = paths.STATE / "demo-report.json"


def main() -> int:
    """Run the month; 0 when everything adds up, 1 when it does not or did not start."""
    interrupt_once()
    progress = Progress()
    state = paths.STATE / f"demo-{os.getpid()}"  # demos may run beside each other
    try:
        wish = _wish()
        with running(state, free_ports(), progress, PRODUCTION_LINGERS) as system:
            report = Month(system, wish, progress).run()
    except (PortBusyError, StartError, DeployError, CountersignError) as error:
        progress.say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        progress.say("\nStopped.")
        return 1
    if report.adds_up:
        shutil.rmtree(state, ignore_errors=True)  # its logs are for those who look for a mistake
    report.write(REPORT)
    progress.say(f"\n{report.text()}")
    progress.say(f"The whole report: {REPORT.relative_to(paths.ROOT)}")
    return 0 if report.adds_up else 1


def _wish() -> Wish:
    """Read what make hands over in the environment."""
    data = Path(os.environ["DATA"])
    csv_files(data)  # before anything is started
    return Wish(
        data=data,
        factor=factor(os.environ.get("OPENING_STOCK_FACTOR") or "1"),
        backlog=bool(os.environ.get("BACKLOG")),
        workers=int(os.environ.get("IMPORT_WORKERS") or 4),
    )


if __name__ == "__main__":
    sys.exit(main())
