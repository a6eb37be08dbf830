"""Where things are: the clone, its three Python environments and its Node packages."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("LOCAL_STATE") or ROOT / ".local").resolve()
"""All that a run leaves behind; another folder (and other ports) for a second run beside it."""

SETTINGS = ROOT / "local" / "deployment.json"

PROJECT_PYTHON = ROOT / ".venv" / "project" / "bin" / "python"
EMULATOR_PYTHON = ROOT / ".venv" / "emulator" / "bin" / "python"
LAMBDA_PYTHON = ROOT / ".venv" / "lambda" / "bin" / "python"
CDK = ROOT / "node_modules" / ".bin" / "cdk"
