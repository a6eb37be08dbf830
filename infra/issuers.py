"""Token issuers of a deployment: those that the settings name, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from core.access.issuer import Issuer, parse_issuer
from core.access.scopes import SCOPES, VENDABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.deployment import Deployment

_MOST_COGNITO_CLIENTS = 50


def issuer_problems(deployment: Deployment) -> Iterator[str]:
    """Yield one line for each mistake in the settings `issuers` and `cognito`."""
    tenants = {t.id for t in deployment.tenants}
    issuers: list[Issuer] = []
    for number, values in enumerate(deployment.issuers):
        try:
            issuers.append(parse_issuer(values))
        except ValueError as error:
            yield f"issuer {values.get('id', number)}: {error}"
    for issuer in issuers:
        unknown = sorted(issuer.tenants - tenants)
        yield from (f"issuer {issuer.id}: no tenant {tenant!r}" for tenant in unknown)
    if len({issuer.id for issuer in issuers}) < len(issuers):
        yield "issuers: an id stands there twice"
    vending = Counter(_vending(issuers))
    for (tenant, client), count in vending.items():
        if count > 1:
            yield f"issuers: client {client} of {tenant} vends for two of them"
    yield from _cognito(deployment, tenants)


def _vending(issuers: list[Issuer]) -> Iterator[tuple[str, str]]:
    for issuer in issuers:
        for client, vends in issuer.clients.items():
            if vends:
                yield from ((tenant, client) for tenant in issuer.tenants_of(client))


def _cognito(deployment: Deployment, tenants: set[str]) -> Iterator[str]:
    clients = deployment.cognito
    if len({c.name for c in clients}) < len(clients):
        yield "cognito: a name stands there twice"
    if len(clients) > _MOST_COGNITO_CLIENTS:
        yield f"cognito: at most {_MOST_COGNITO_CLIENTS}"
    for client in clients:
        who = f"cognito client {client.name}"
        if not client.name.replace("-", "").isalnum() or not client.name.isascii():
            yield f"{who}: a name of letters, digits and dashes"
        if client.tenant not in tenants:
            yield f"{who}: no tenant {client.tenant!r}"
        if not client.scopes or set(client.scopes) - SCOPES:
            yield f"{who}: at least one scope, each of {', '.join(sorted(SCOPES))}"
        if set(client.vends) - VENDABLE:
            yield f"{who}: it can vend only {', '.join(sorted(VENDABLE))}"
