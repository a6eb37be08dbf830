"""The AWS side: one stack per concern, made by `app.py`.

It reads two things of `functions/`: the route table and each function's settings. Both are standard
library only, so their import root is put on the path here and nothing of a bundle is executed.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"

if str(FUNCTIONS) not in sys.path:
    sys.path.insert(0, str(FUNCTIONS))
