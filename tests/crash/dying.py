"""Places one order and is killed at its k-th store write: `python -m tests.crash.dying …`.

Arguments: the emulator's URL, the tables' prefix, the number of SKUs, k, and `before` (the write
never leaves) or `after` (it is done, its reply unread). It kills itself with SIGKILL, so nothing of
it runs any more: no handler, no finally, no flush.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from tests.support.emulator_dynamodb import Emulated
from tests.support.warehouse import lines_of, warehouse

WRITES = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
KEY = "the-key"


def main(url: str, prefix: str, count: str, at: str, when: str) -> None:
    """Place an order of `count` SKUs; die at write number `at`."""
    client = Emulated(url).client()
    seen = 0

    def die_at(**_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == int(at):
            os.kill(os.getpid(), signal.SIGKILL)

    hook = "before-send" if when == "before" else "response-received"
    for operation in WRITES:
        client.meta.events.register(f"{hook}.dynamodb.{operation}", die_at)
    warehouse(client, prefix).place(KEY, lines_of(int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:])
