"""Import of a shop's past orders from CSV files, through the signed door.

rows ─▶ sorting (by rules) ─▶ month ─▶ crew ──signed calls──▶ products, orders
                                │                                  │ outcomes
                                └─▶ matching ◀── journal ◀─────────┘
                                       └──▶ crew ──signed calls──▶ returns ─▶ report

`docs/import.md` has the rules in words.
"""

from countersign.importing.month import Month
from countersign.importing.report import Report
from countersign.importing.rows import LayoutError, read_rows
from countersign.importing.run import Import, Settings
from countersign.importing.sorting import sort

__all__ = ["Import", "LayoutError", "Month", "Report", "Settings", "read_rows", "sort"]
