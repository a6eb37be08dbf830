"""Who may read and who may write what opens HubSpot's portals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.infra.granted import granted, roles
from tests.infra.test_rights import ACCESS

if TYPE_CHECKING:
    from tests.infra.templates import Templates


def test_one_function_alone_gets_tokens_from_hubspot(every_option: Templates) -> None:
    """Only it may read an OAuth app's own secret, and only it may write any secret.

    Of tenants whose portal a key or static token opens it can touch nothing.
    """
    app, token = (
        f"<CountersignSync/Hubspot{kind}-second.Id>" for kind in ("OauthSecret", "Secret")
    )
    found = {}
    for role in roles(every_option):
        rights = granted(every_option, role)
        secret_rights = {r: a for r, a in rights.items() if a.startswith("secretsmanager")}
        found[role.path] = secret_rights
        if "HubspotOauth" in role.path:
            assert {r: a for r, a in rights.items() if "Access" in r} == {
                f"<{ACCESS}.Arn>": "dynamodb: GetItem",
                f"<{ACCESS}.Arn> *#OAUTH#*": "dynamodb: DeleteItem PutItem UpdateItem",
            }
    assert found.pop("HubspotOauth/Role") == {
        app: "secretsmanager: GetSecretValue PutSecretValue",
        token: "secretsmanager: PutSecretValue",
    }
    assert found.pop("HubspotCheck/Role")[app] == "secretsmanager: ListSecretVersionIds"
    assert found.pop("Compliance/Role")[app] == "secretsmanager: DescribeSecret"
    for rights in found.values():
        assert app not in rights
        assert "PutSecretValue" not in str(rights)
