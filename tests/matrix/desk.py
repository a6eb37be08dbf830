"""The deployed system with every kind of credential handed out, good and bad."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from botocore.credentials import Credentials

from core.access import apikey
from core.access.scopes import SCOPES, VENDABLE
from tests.e2e.door import signature
from tests.e2e.roles import assumed
from tests.matrix.deployment import ALL, OTHER, TENANT, without
from tests.matrix.tokens import BOUND

if TYPE_CHECKING:
    from local.system import System
    from tests.matrix.tokens import Mint

_TIMEOUT = 30


@dataclass
class Desk:
    """What the matrix presents. `keys` by what they are for, `keys_without` by scope."""

    system: System
    mint: Mint
    role: Credentials
    roles_without: dict[str, Credentials]
    stranger: Credentials
    user: Credentials
    keys: dict[str, str]
    keys_without: dict[str, str]
    session: Credentials
    sessions_without: dict[str, Credentials]
    doomed_session: Credentials

    def url(self, door: str) -> str:
        """Return a door's URL."""
        return str(getattr(self.system.outputs, f"{door}_url"))

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Send a request as it is."""
        with requests.Session() as session:
            session.trust_env = False
            return session.send(
                request, verify=str(self.system.endpoint.authority), timeout=_TIMEOUT
            )


def furnished(system: System, mint: Mint) -> Desk:
    """Hand out the credentials: first keys by the operator, all others through the doors."""
    return _Office(system, mint).desk()


class _Office:
    """Makes keys and sessions as their owners would."""

    def __init__(self, system: System, mint: Mint) -> None:
        self._system = system
        self._mint = mint
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(system.endpoint.authority)
        self._role = self._assumed(ALL)
        self._first = self._bootstrap(TENANT)
        self._bind()

    def desk(self) -> Desk:
        """Make everything."""
        scopes = sorted(SCOPES)
        vending, vending_id = self._key("vending", scopes)
        doomed, doomed_id = self._key("doomed", scopes)
        keys = {
            "good": self._key("good", scopes)[0],
            "vending": vending,
            "other tenant": self._bootstrap(OTHER),
            **self._bad_keys(scopes),
        }
        session, doomed_session = self._vend(vending), self._vend(doomed)
        sessions_without = {
            scope: self._vend(vending, sorted(VENDABLE - {scope})) for scope in sorted(VENDABLE)
        }
        rotated = self._operate(f"/v1/keys/{vending_id}/rotations", {"overlap_seconds": 3600})
        keys["rotated"] = rotated["key"]
        self._operate(f"/v1/keys/{doomed_id}/revocations", {})
        time.sleep(2.1)  # the key that expires
        return Desk(
            self._system,
            self._mint,
            self._role,
            {s: self._assumed(without(s)) for s in scopes},
            self._stranger(),
            self._user(),
            keys,
            {s: self._key(f"no {s}", [x for x in scopes if x != s])[0] for s in scopes},
            session,
            sessions_without,
            doomed_session,
        )

    def _bind(self) -> None:
        """Make a portal's user a customer."""
        person = self._operate("/v1/customers", {"external_id": "matrix"})
        subject = {"issuer": self._mint.issuer.id, "subject": BOUND}
        self._operate("/v1/bindings", subject | {"customer_id": person["id"]})

    def _bad_keys(self, scopes: list[str]) -> dict[str, str]:
        good, _ = self._key("to be forged", scopes)
        name = apikey.read(good)
        assert name is not None
        revoked, revoked_id = self._key("revoked", scopes)
        self._operate(f"/v1/keys/{revoked_id}/revocations", {})
        cut, cut_id = self._key("cut", scopes)
        self._admin({"action": "incident.revoke", "tenant": TENANT, "principal": f"key/{cut_id}"})
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        return {
            "mistyped": good[:-1] + ("a" if good[-1] != "a" else "b"),
            "wrong secret": apikey.make(name.tenant, name.id, secrets.token_bytes(32)),
            "expired": self._key("expired", scopes, expires_at=soon)[0],
            "revoked": revoked,
            "from another network": self._key("net", scopes, networks=["192.0.2.0/24"])[0],
            "before an incident": cut,
        }

    def _key(self, name: str, scopes: list[str], **more: Any) -> tuple[str, str]:
        vends = [s for s in scopes if s in VENDABLE]
        made = self._operate("/v1/keys", {"name": name, "scopes": scopes, "vends": vends, **more})
        return made["key"], made["id"]

    def _operate(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._session.post(
            self._system.outputs.signed_url + path,
            data=json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "X-API-Key": self._first,
                "Idempotency-Key": secrets.token_hex(8),
            },
            auth=signature(self._role),
            timeout=_TIMEOUT,
        )
        assert answer.ok, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def _vend(self, key: str, scopes: list[str] | None = None) -> Credentials:
        answer = self._session.post(
            f"{self._system.outputs.token_url}/v1/credentials",
            json={} if scopes is None else {"scopes": scopes},
            headers={"X-API-Key": key},
            timeout=_TIMEOUT,
        )
        assert answer.status_code == requests.codes.created, answer.text
        made = answer.json()
        return Credentials(made["access_key_id"], made["secret_access_key"], made["session_token"])

    def _bootstrap(self, tenant: str) -> str:
        return str(self._admin({"action": "bootstrap", "tenant": tenant})["key"])

    def _admin(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = (
            self._system.endpoint.session()
            .client("lambda")
            .invoke(
                FunctionName=self._system.outputs.access_admin_function,
                Payload=json.dumps(event).encode(),
            )
        )
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        assert found.get("ok"), found
        return found

    def _assumed(self, name: str) -> Credentials:
        arn = self._system.outputs.caller_role_arn
        return assumed(self._system, f"{arn.split(':role/')[0]}:role/Countersign-{name}")

    def _stranger(self) -> Credentials:
        iam = self._system.endpoint.session().client("iam")
        account = self._system.outputs.caller_role_arn.split(":")[4]
        trust = _allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{account}:root"})
        role = iam.create_role(RoleName="matrix-stranger", AssumeRolePolicyDocument=trust)["Role"]
        iam.put_role_policy(
            RoleName="matrix-stranger",
            PolicyName="Any",
            PolicyDocument=_allow("execute-api:*", Resource="*"),
        )
        return assumed(self._system, role["Arn"])

    def _user(self) -> Credentials:
        iam = self._system.endpoint.session().client("iam")
        iam.create_user(UserName="matrix-user")
        iam.put_user_policy(
            UserName="matrix-user",
            PolicyName="Any",
            PolicyDocument=_allow("execute-api:*", Resource="*"),
        )
        made = iam.create_access_key(UserName="matrix-user")["AccessKey"]
        return Credentials(made["AccessKeyId"], made["SecretAccessKey"])


def _allow(action: str, **rest: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
