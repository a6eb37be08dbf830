"""Makes the documents that say what the code already says: see `DOCUMENTS`.

.venv/project/bin/python docs/generate.py          write them
.venv/project/bin/python docs/generate.py --check  exit 1 if a committed one is stale
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from docs.access_matrix import access_matrix  # noqa: E402 - found only after the line above
from docs.alarms import alarms  # noqa: E402 - as above
from docs.openapi import openapi  # noqa: E402 - as above
from docs.ownership import ownership  # noqa: E402 - as above
from docs.routes import routes  # noqa: E402 - as above
from docs.states import states  # noqa: E402 - as above
from docs.webhooks import FILE, webhooks  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/access-matrix.md": access_matrix,
    "docs/alarms.md": alarms,
    "docs/openapi.json": openapi,
    "docs/orders.md": states,
    "docs/ownership.md": ownership,
    "docs/routes.md": routes,
    FILE: webhooks,
}


def stale() -> list[str]:
    """Return the documents whose committed text is not what would be made now."""
    return [
        name
        for name, make in DOCUMENTS.items()
        if not (ROOT / name).exists() or (ROOT / name).read_text() != make()
    ]


def main() -> int:
    """Write the documents, or check them."""
    if "--check" in sys.argv[1:]:
        for name in (found := stale()):
            print(f"{name} is stale: run docs/generate.py")
        return bool(found)
    for name, make in DOCUMENTS.items():
        (ROOT / name).write_text(make())
    return 0


if __name__ == "__main__":
    sys.exit(main())
