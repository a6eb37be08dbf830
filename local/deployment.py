"""The deployment settings of a local run: the committed ones plus what only this run knows."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any

from local import paths
from local.outputs import door_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local.emulator import Endpoint
    from local.hubspot import Portal


def local_settings() -> dict[str, Any]:
    """Return `local/deployment.json`."""
    found: dict[str, Any] = json.loads(paths.SETTINGS.read_text(encoding="utf-8"))
    return found


def tenant() -> str:
    """Return the one tenant of the local run."""
    return str(local_settings()["tenants"][0]["id"])


def write_settings(
    state: Path, endpoint: Endpoint, portal: Portal, changes: Mapping[str, Any]
) -> Path:
    """Write the settings that `cdk` is to read, with a run's own changes, and return their file.

    Functions run on this machine's processor, so their wheels are built for it.
    """
    own = {
        "platform": {"arm64": "aarch64", "amd64": "x86_64"}.get(
            platform.machine().lower(), platform.machine().lower()
        ),
        "hubspot_base_url": portal.url,
        "hubspot_app_url": portal.url,
        "hubspot_public_url": door_url(endpoint, "hubspot"),
        "signed_public_url": door_url(endpoint, "signed"),
    }
    file = state / "deployment.json"
    file.write_text(json.dumps(local_settings() | own | dict(changes), indent=2), encoding="utf-8")
    return file
