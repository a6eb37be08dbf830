"""Figures of this code beside the least that would do: `make bench`. Ratios of one run, only."""

from __future__ import annotations

import sys

from infra import FUNCTIONS

if str(FUNCTIONS) not in sys.path:
    sys.path.insert(0, str(FUNCTIONS))
