"""The `countersign` command: runs `countersign.commands.app` and says what went wrong in words."""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError

from countersign.commands.app import app
from countersign.errors import CountersignError, Problem


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    try:
        app(arguments, prog_name="countersign")
    except SystemExit as ended:  # how Typer ends, when all went well too
        return ended.code if isinstance(ended.code, int) else 0
    except Problem as refusal:
        print(f"{refusal.status} {refusal.code}: {refusal.detail}", file=sys.stderr)
        for error in refusal.errors:
            print(f"  {error}", file=sys.stderr)
    except CountersignError as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError, OSError) as error:  # AWS refused, or a file is not there
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
