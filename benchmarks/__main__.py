"""`python -m benchmarks [--write]`: all figures as Markdown, and into docs/proof/bench.md."""

from __future__ import annotations

import argparse
import os
from functools import partial

from benchmarks.cold import cold
from benchmarks.units import write_units
from benchmarks.warm import warm
from infra import ROOT

REPORT = ROOT / "docs" / "proof" / "bench.md"
HEAD = """# Figures

Made by `make bench WRITE=1`. Only the ratios mean something: both sides of each were measured in
turns in one run on one machine, whose other work is in the times and hardly in the ratios.
"""
WHY = "## Why"
_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def main() -> None:
    """Measure, print and, if asked, write."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("--write", action="store_true", help=f"write {REPORT.relative_to(ROOT)}")
    asked.add_argument("--cold-rounds", type=int, default=7)
    asked.add_argument("--warm-rounds", type=int, default=300)
    options = asked.parse_args()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
        os.environ.pop(name, None)
    os.environ.update(_ACCOUNT)
    parts = [HEAD]
    for measure in (
        partial(cold, options.cold_rounds),
        partial(warm, options.warm_rounds),
        write_units,
    ):
        parts.append(measure().markdown())
        print(parts[-1], flush=True)
    if options.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text("\n".join([*parts, _why()]), "utf-8")


def _why() -> str:
    """Return what a person has written below the figures; a new run keeps it."""
    if not REPORT.exists():
        return f"{WHY}\n"
    return WHY + REPORT.read_text("utf-8").partition(WHY)[2]


if __name__ == "__main__":
    main()
