"""The whole twin: its portals, tokens, limits, counts and clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twin.auth import ALL_SCOPES, PERSON, Token, bearer
from local.twin.clock import Clock
from local.twin.faults.layer import meet
from local.twin.faults.plan import Faults
from local.twin.limits import TIERS, Caller, Limiter
from local.twin.oauth.apps import Grants
from local.twin.recorder import Recorder
from local.twin.state import Portal, PortalSettings
from local.twin.stats import Stats
from local.twin.webhooks.webhooks import Webhooks

if TYPE_CHECKING:
    import asyncio

    from local.twin.chain import Layer
    from local.twin.changes import Listener


@dataclass(slots=True)
class Twin:
    """Everything that a request can see or change."""

    clock: Clock = field(default_factory=Clock)
    portals: dict[int, Portal] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    limiter: Limiter = field(default_factory=Limiter)
    stats: Stats = field(default_factory=Stats)
    recorder: Recorder = field(default_factory=Recorder)
    # The app's secret, with which HubSpot signs what it sends.
    client_secret: str | None = None
    # Run between the counting and the authentication of each call.
    layers: list[Layer] = field(default_factory=lambda: [meet])
    faults: Faults = field(default_factory=Faults)
    grants: Grants = field(default_factory=Grants)
    # Told of every change of a record in any portal.
    listeners: list[Listener] = field(default_factory=list)
    webhooks: Webhooks = field(init=False)
    sending: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        """Let the app's webhooks hear of every change."""
        self.webhooks = Webhooks(self.clock, self.faults)
        self.listeners.append(self.webhooks.hear)

    def add_portal(
        self, portal_id: int, tier: str = "professional", settings: PortalSettings | None = None
    ) -> Portal:
        """Open an account, or give back the one that is there."""
        if tier not in TIERS:
            raise ValueError(f"no such tier: {tier}; there are {', '.join(TIERS)}")
        if portal_id not in self.portals:
            self._open(portal_id, tier, settings or PortalSettings())
        return self.portals[portal_id]

    def _open(self, portal_id: int, tier: str, settings: PortalSettings) -> None:
        portal = Portal(portal_id, self.clock, tier, settings, listeners=self.listeners)
        self.portals[portal_id] = portal

    def add_token(
        self,
        value: str,
        portal_id: int,
        *,
        scopes: frozenset[str] = ALL_SCOPES,
        kind: str = "private",
        app: str = "",
        expires_at: int | None = None,
    ) -> Token:
        """Let a token into a portal, which is opened when it is not there."""
        self.add_portal(portal_id)
        self.tokens[value] = Token(value, portal_id, scopes, kind, app, expires_at)
        return self.tokens[value]

    def is_person(self, authorization: str | None) -> bool:
        """Tell whether a call is that of a person in HubSpot, by its Authorization header."""
        token = self.tokens.get(bearer(authorization))
        return token is not None and token.kind == PERSON

    def caller(self, token: Token) -> Caller:
        """Return whose quota a token's calls use up."""
        tier = TIERS[self.portals[token.portal].tier]
        return Caller(tier, token.portal, token.app or token.value, token.kind)

    def reset(self) -> None:
        """Empty every portal and all counts, end all faults; tokens, tiers, switches stay."""
        self.faults.clear()
        self.webhooks.clear()
        for portal in list(self.portals.values()):
            self._open(portal.id, portal.tier, portal.settings)
        self.limiter = Limiter()
        self.stats = Stats()
        self.recorder.kept.clear()
