"""Every route of API keys, between HTTP and the use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from access_api import answers
from access_api.paths import id_prefix, key_id
from access_api.schemas import KeyIn, Nothing, RotationIn
from core.access.keys import KeyDraft
from core.web.app import Answer
from core.web.body import parse, raw
from core.web.query import limit, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clock import Clock
    from core.keyring.keys import Keyring
    from core.web.app import Endpoint, Request
    from core.web.cursor import Cursors

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """One method per route, named as the route."""

    keyring: Keyring
    cursors: Cursors
    clock: Clock

    def by_route(self) -> Mapping[str, Endpoint]:
        """Return the endpoints by the names of their routes."""
        return {
            "list_keys": self.list_keys,
            "create_key": self.create_key,
            "get_key": self.get_key,
            "rotate_key": self.rotate_key,
            "revoke_key": self.revoke_key,
        }

    def list_keys(self, request: Request) -> Answer:
        """Answer a page of keys."""
        prefix, count = id_prefix(request), limit(request)
        query = (request.route.name, text(request, "prefix") or "")
        given = text(request, "cursor")
        after = self.cursors.open(request.tenant, query, given) if given is not None else None
        if prefix is None:
            return Answer(HTTPStatus.OK, answers.KeysOut(keys=()))
        found, position = self.keyring.page(request.tenant, prefix, after, count)
        now = self.clock.now()
        shown = tuple(answers.key(one, now) for one in found)
        cursor = self.cursors.seal(request.tenant, query, position) if position else None
        return Answer(HTTPStatus.OK, answers.KeysOut(keys=shown, cursor=cursor))

    def create_key(self, request: Request) -> Answer:
        """Make a key and show it, once."""
        body = parse(request.event, KeyIn)
        draft = KeyDraft(
            name=body.name,
            scopes=body.scopes,
            vends=body.vends,
            expires_at=_millis(body.expires_at) if body.expires_at is not None else None,
            networks=body.networks,
        )
        made, secret = self.keyring.make(request.act, draft)
        return self._new(answers.new_key(made, secret, self.clock.now()))

    def get_key(self, request: Request) -> Answer:
        """Answer a key."""
        found = self.keyring.get(request.tenant, key_id(request))
        return Answer(HTTPStatus.OK, answers.key(found, self.clock.now()))

    def rotate_key(self, request: Request) -> Answer:
        """Make the key that takes another's place, and show it, once."""
        body = parse(request.event, RotationIn)
        made, secret = self.keyring.rotate(request.act, key_id(request), body.overlap_seconds)
        return self._new(answers.new_key(made, secret, self.clock.now()))

    def revoke_key(self, request: Request) -> Answer:
        """Revoke a key. Its Idempotency-Key is asked for as everywhere, and never needed."""
        body = parse(request.event, Nothing) if raw(request.event) else Nothing()
        given = key_id(request)
        request.ticket(body, part=given)
        found = self.keyring.revoke(request.act, given)
        return Answer(HTTPStatus.OK, answers.key(found, self.clock.now()))

    def _new(self, shown: answers.NewKeyOut) -> Answer:
        return Answer(HTTPStatus.CREATED, shown, {"Location": f"/v1/keys/{shown.id}"})


def _millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
