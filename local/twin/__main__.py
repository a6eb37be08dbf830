"""Run the twin: python -m local.twin --port 8081 --token pat-… --portal 1."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.twin.app import create_app
from local.twin.auth import ALL_SCOPES
from local.twin.limits import TIERS
from local.twin.recorder import Recorder
from local.twin.serving import listen, server
from local.twin.state import PortalSettings
from local.twin.twin import Twin

DEFAULT_TOKEN = "pat-na1-00000000-0000-0000-0000-000000000000"  # noqa: S105 - opens the twin only


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; exit 1 when the port is taken."""
    options = _parse(arguments)
    twin = Twin(recorder=Recorder(file=options.record), client_secret=options.client_secret)
    settings = PortalSettings(search_lag_ms=round(options.search_lag * 1000))
    twin.add_portal(options.portal, options.tier, settings)
    scopes = frozenset(options.scopes.split()) or ALL_SCOPES
    twin.add_token(options.token, options.portal, scopes=scopes)
    try:
        listener = listen(options.port)
    except OSError as error:
        print(f"port {options.port} cannot be had: {error.strerror}", file=sys.stderr)
        return 1
    with listener:
        server(create_app(twin)).run([listener])
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.twin", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--portal", type=int, default=1, help="HubSpot account id")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="token that opens the account")
    parser.add_argument("--scopes", default="", help="the token's, between spaces; without: all")
    parser.add_argument("--client-secret", help="the app's secret, with which HubSpot signs")
    parser.add_argument("--tier", choices=list(TIERS), default="professional", help="rate limits")
    parser.add_argument("--search-lag", type=float, default=2.0, help="seconds search is behind")
    parser.add_argument("--record", type=Path, help="append all API traffic to this file (JSONL)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
