"""From a key or a client's token to fifteen minutes at the signed door, and never more than asked.

The order is the safety: who may not is refused first, then the vend is counted, then it is written
down, and only then is there a session. What was not recorded was not given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.access.incident import refuse_while_spreading
from core.access.principal import Kind
from core.access.scopes import SCOPES, VENDABLE
from core.access.session import CREDENTIAL, session_name
from core.access.sessionpolicy import session_policy
from core.errors import FieldError, Forbidden, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.access.credential import Cuts
    from core.access.limits import Share
    from core.access.principal import Principal
    from core.audit import Act, Record
    from core.clock import Clock
    from core.ids import Ids
    from core.store.sts import TemporaryCredentials

SECONDS = 900
"""The least that STS gives. A session ends sooner with its credential, at the handlers."""


class Sessions(Protocol):
    """Where sessions come from: `core.store.sts.StsSessions`."""

    def assume(self, name: str, policy: str, seconds: int) -> TemporaryCredentials:
        """Return credentials of a session of that name, cut down by the policy."""
        ...


@dataclass(frozen=True, slots=True)
class Vended:
    """Credentials, and the scopes that they hold, sorted."""

    credentials: TemporaryCredentials
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vending:
    """The use case. `api_arn` is the signed door's, `share` what one credential may vend.

    `cuts` returns the cuts of a tenant's principal as they stand now, not as somebody remembers.
    """

    sessions: Sessions
    record: Record
    share: Share
    cuts: Callable[[str, str], Cuts]
    clock: Clock
    ids: Ids
    api_arn: str

    def vend(self, act: Act, asked: Sequence[str] | None) -> Vended:
        """Return credentials for what is asked, or for all that the caller's sessions may hold.

        `Forbidden` for what it may not vend, `Unprocessable` for what no session can hold,
        `TooMany` beyond its share, `Unavailable` when record or STS fails, `Busy` for a client's
        token while a cut spreads: the signed door would refuse the session.
        """
        who = act.principal
        scopes = _held(who, asked)
        policy = session_policy(scopes, self.api_arn)
        now = self.clock.now()
        name = str(session_name(who.tenant, _credential(who), now // 1000, scopes))
        if who.kind is Kind.TOKEN:
            refuse_while_spreading(self.cuts(who.tenant, who.proofs[0]).newest, now)
        self.share.take(who.tenant, f"vends/{who.proofs[0]}")
        fields = {f"scopes.{scope}": "" for scope in sorted(scopes)}
        self.record.put(
            act.entry(
                self.ids.new(),
                now,
                "credentials.vend",
                f"session/{name}",
                fields=fields,
                result="begun",
            )
        )
        return Vended(self.sessions.assume(name, policy, SECONDS), tuple(sorted(scopes)))


def _held(who: Principal, asked: Sequence[str] | None) -> frozenset[str]:
    """Return the scopes of the session: all that are asked for, or none."""
    vends = who.vends & VENDABLE
    if asked is None:
        if not vends:
            raise Forbidden(
                "forbidden", "You are not allowed to do this.", internal=f"{who.id} vends nothing"
            )
        return vends
    for known, error in ((VENDABLE, _impossible), (vends, _not_held)):
        wrong = [(index, scope) for index, scope in enumerate(asked) if scope not in known]
        if wrong:
            raise error(wrong)
    return frozenset(asked)


def _impossible(wrong: list[tuple[int, str]]) -> Unprocessable:
    fields = tuple(
        FieldError(f"scopes.{i}", "not_vendable", "No session can hold this.")
        if scope in SCOPES
        else FieldError(f"scopes.{i}", "unknown_scope", "There is no such scope.")
        for i, scope in wrong
    )
    return Unprocessable("unknown_scope", "A session cannot hold this scope.", fields=fields)


def _not_held(wrong: list[tuple[int, str]]) -> Forbidden:
    fields = tuple(
        FieldError(f"scopes.{i}", "not_held", "Your sessions may not hold this.") for i, _ in wrong
    )
    return Forbidden("forbidden", "You are not allowed to do this.", fields=fields)


def _credential(who: Principal) -> str:
    """Return the id of the credential that names the session: the first proof's."""
    kind, _, credential = who.proofs[0].partition("/")
    if kind not in {"key", "client"} or not CREDENTIAL.fullmatch(credential):
        raise Forbidden(
            "forbidden", "You are not allowed to do this.", internal=f"{who.id} names no session"
        )
    return credential
