"""Two secrets per tenant: the app's own, which only this function knows, and its access token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.crm.oauth import App, parse_app
from core.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class SecretVault:
    """`core.crm.granting.Vault` over secrets that are read and written by name."""

    app_prefix: str
    token_prefix: str
    read: Callable[[str], str]
    write: Callable[[str, str], None]

    def app(self, tenant: str) -> App:
        """Return the tenant's app; `Misconfigured` when its secret cannot be understood."""
        name = f"{self.app_prefix}{tenant}"
        try:
            return parse_app(self.read(name))
        except ValueError as error:
            raise Misconfigured(
                "hubspot_app",
                f"Put the app's client_id and client_secret into the secret {name}.",
                internal=f"the secret {name} cannot be read: {error}",
            ) from error

    def put_app(self, tenant: str, app: App) -> None:
        """Write the app's own secret."""
        self.write(f"{self.app_prefix}{tenant}", app.text())

    def put_token(self, tenant: str, text: str) -> None:
        """Write the tenant's secret."""
        self.write(f"{self.token_prefix}{tenant}", text)
