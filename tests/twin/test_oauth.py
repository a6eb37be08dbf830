"""OAuth: authorization page, PKCE, tokens, expiry by the twin's clock, introspection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from local.twin.oauth.apps import s256
from tests.twin.test_objects import VERSIONS

if TYPE_CHECKING:
    from tests.support.running_twin import Reply, RunningTwin

BASE = VERSIONS["2026-09"]
CLIENT, SECRET, BACK = "client-1", "app-secret", "https://shop.example.com/oauth/callback"
SCOPES = ["crm.objects.contacts.read", "oauth"]
# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Developer:
    """Someone with an app and a twin with two accounts, whose clock stands."""

    twin: RunningTwin

    def authorize(self, decision: str = "allow", **changed: str) -> Reply:
        """Follow an authorization link and decide."""
        fields = {
            "client_id": CLIENT,
            "redirect_uri": BACK,
            "scope": " ".join(SCOPES),
            "state": "s t",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "portal": "2",
        }
        sent = urlencode({**fields, **changed, "decision": decision}).encode()
        path = "/oauth/authorize"
        return self.twin.call("POST", path, sent, token=None, content_type=FORM)

    def code(self, **changed: str) -> str:
        """Return a code."""
        return told(self.authorize(**changed))["code"]

    def post(self, path: str, version: str = "2026-09", **fields: str) -> Reply:
        """Call one of the token endpoints as the app."""
        sent = urlencode({"client_id": CLIENT, "client_secret": SECRET, **fields}).encode()
        where = f"/oauth/{version}/{path}"
        return self.twin.call("POST", where, sent, token=None, content_type=FORM)

    def redeem(self, code: str, version: str = "2026-09", **changed: str) -> Reply:
        """Turn a code into tokens."""
        fields = {"code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **changed}
        return self.post("token", version, grant_type="authorization_code", **fields)

    def refresh(self, token: str) -> Reply:
        """Refresh an access token."""
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def contacts(self, token: str) -> Reply:
        """Use an access token."""
        return self.twin.call("GET", f"{BASE}/contacts", token=token)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.twin.call("POST", "/_twin/clock", {"advance_ms": seconds * 1_000})


def told(reply: Reply) -> dict[str, str]:
    """Return the parameters of a redirect to the app."""
    assert reply.status == 302
    url = urlsplit(reply.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == BACK
    return {k: v[0] for k, v in parse_qs(url.query).items()}


def register(twin: RunningTwin, **more: Any) -> None:
    """Register the app."""
    body = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [BACK],
        "scopes": SCOPES,
        "app_id": 7,
        **more,
    }
    assert twin.call("POST", "/_twin/apps", body).status == 200


@pytest.fixture
def developer(twin: RunningTwin) -> Developer:
    """Return a developer."""
    register(twin)
    assert twin.call("POST", "/_twin/portals", {"portal": 2}).status == 200
    twin.call("POST", "/_twin/clock", {"frozen": True})
    return Developer(twin)


def test_s256_is_the_standards() -> None:
    """RFC 7636's example comes out."""
    assert s256(VERIFIER) == CHALLENGE


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_a_code_becomes_tokens_for_the_chosen_account(developer: Developer, version: str) -> None:
    """State comes back, and the token opens that account with those scopes only."""
    shown = told(developer.authorize())
    assert shown["state"] == "s t"
    given = developer.redeem(shown["code"], version).body
    assert (given["hub_id"], given["expires_in"], given["scopes"]) == (2, 1_800, SCOPES)
    reply = developer.contacts(given["access_token"])
    assert reply.status == 200
    assert reply.headers["x-hubspot-ratelimit-max"] == "110"
    assert "x-hubspot-ratelimit-daily" not in reply.headers
    refused = developer.twin.call("GET", f"{BASE}/orders", token=given["access_token"])
    assert (refused.status, refused.body["category"]) == (403, "MISSING_SCOPES")


def test_the_page_shows_what_is_asked_and_runs_nothing(developer: Developer) -> None:
    """A state that holds markup stays text."""
    fields = {"client_id": CLIENT, "redirect_uri": BACK, "scope": " ".join(SCOPES)}
    query = urlencode({**fields, "state": '"><script>'})
    page = developer.twin.call("GET", f"/oauth/authorize?{query}", token=None)
    assert page.status == 200
    assert "crm.objects.contacts.read" in page.body
    assert "<option>2</option>" in page.body
    assert "<script>" not in page.body


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example.com/"},
        {"scope": "oauth"},
        {"scope": f"{' '.join(SCOPES)} e-commerce"},
        {"optional_scope": "e-commerce"},
        {"code_challenge_method": "plain"},
        {"portal": "99"},
    ],
)
def test_a_wrong_link_redirects_nowhere(developer: Developer, changed: dict[str, str]) -> None:
    """400 on HubSpot's own page: the redirect URI may be an attacker's."""
    reply = developer.authorize(**changed)
    assert (reply.status, reply.headers.get("location")) == (400, None)


def test_a_person_may_say_no(developer: Developer) -> None:
    """The app hears of it, with its state."""
    shown = told(developer.authorize("deny"))
    assert (shown["error"], shown["state"]) == ("access_denied", "s t")


@pytest.mark.parametrize(
    ("changed", "category"),
    [
        ({"code": "guess"}, "BAD_AUTH_CODE"),
        ({"redirect_uri": f"{BACK}/x"}, "MISMATCH_REDIRECT_URI_AUTH_CODE"),
        ({"code_verifier": "guess"}, "BAD_CODE_VERIFIER"),
        ({"client_secret": "guess"}, "BAD_CLIENT_SECRET"),
        ({"client_id": "guess"}, "BAD_CLIENT_ID"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
    ],
)
def test_a_code_is_only_good_with_all_that_belongs_to_it(
    developer: Developer, changed: dict[str, str], category: str
) -> None:
    """400, whatever else is right."""
    fields = {
        "grant_type": "authorization_code",
        "code": developer.code(),
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    reply = developer.post("token", **{**fields, **changed})
    assert (reply.status, reply.body["category"]) == (400, category)


def test_a_code_is_good_once_and_soon(developer: Developer) -> None:
    """The second use fails, and so does one a minute later."""
    code = developer.code()
    assert developer.redeem(code).status == 200
    assert developer.redeem(code).status == 400
    late = developer.code()
    developer.wait(60)
    assert developer.redeem(late).body["category"] == "EXPIRED_AUTH_CODE"


def test_an_access_token_expires_by_the_twins_clock_and_is_refreshed(developer: Developer) -> None:
    """After half an hour it is 401; the refresh token gives another and stays good."""
    given = developer.redeem(developer.code()).body
    developer.wait(1_799)
    assert developer.contacts(given["access_token"]).status == 200
    developer.wait(1)
    refused = developer.contacts(given["access_token"])
    assert (refused.status, refused.body["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert refused.body["context"]["expire time"]
    for _ in range(2):
        again = developer.refresh(given["refresh_token"]).body
        assert again["refresh_token"] == given["refresh_token"]
        assert developer.contacts(again["access_token"]).status == 200


def test_refreshing_gives_no_further_quota(developer: Developer) -> None:
    """The limit is the app's in that account, whichever token is shown."""
    given = developer.redeem(developer.code()).body
    for _ in range(110):
        assert developer.contacts(given["access_token"]).status == 200
    again = developer.refresh(given["refresh_token"]).body
    assert developer.contacts(again["access_token"]).status == 429


def test_an_app_may_get_a_new_refresh_token_each_time(developer: Developer) -> None:
    """Then the old one is dead at once: who lost the answer has lost the access."""
    register(developer.twin, rotates_refresh_tokens=True)
    first = developer.redeem(developer.code()).body["refresh_token"]
    second = developer.refresh(first).body["refresh_token"]
    assert developer.refresh(first).body["category"] == "BAD_REFRESH_TOKEN"
    assert developer.refresh(second).status == 200


def test_introspection_tells_whose_a_token_is(developer: Developer) -> None:
    """Both kinds, also after the access token expired; not another app's."""
    given = developer.redeem(developer.code()).body
    shown = developer.post("token/introspect", token=given["access_token"]).body
    assert (shown["active"], shown["hub_id"], shown["app_id"]) == (True, 2, 7)
    assert (shown["expires_in"], shown["scopes"]) == (1_800, SCOPES)
    shown = developer.post("token/introspect", token=given["refresh_token"]).body
    assert (shown["active"], shown["token_use"]) == (True, "refresh_token")
    developer.wait(1_800)
    assert not developer.post("token/introspect", token=given["access_token"]).body["active"]
    assert developer.post("token/introspect", token=developer.twin.token).status == 404


def test_a_revoked_or_uninstalled_app_gets_nothing_more(developer: Developer) -> None:
    """Revoking ends refreshing; uninstalling ends the access tokens too."""
    given = developer.redeem(developer.code()).body
    assert developer.post("token/revoke", token=given["refresh_token"]).status == 204
    assert developer.refresh(given["refresh_token"]).status == 400
    assert developer.contacts(given["access_token"]).status == 200
    given = developer.redeem(developer.code()).body
    developer.twin.call("DELETE", f"/_twin/apps/{CLIENT}/installation?portal=2")
    assert developer.contacts(given["access_token"]).status == 401
    assert developer.refresh(given["refresh_token"]).status == 400


def test_the_token_endpoint_can_fail_after_it_gave(developer: Developer) -> None:
    """Faults reach it as any other endpoint."""
    given = developer.redeem(developer.code()).body
    body = {"fault": "504_applied", "endpoint": "/oauth/2026-09/token"}
    developer.twin.call("POST", "/_twin/faults", body)
    assert developer.refresh(given["refresh_token"]).status == 504
    assert developer.refresh(given["refresh_token"]).status == 200


def test_no_record_of_traffic_holds_a_secret(developer: Developer) -> None:
    """Neither what the app sends nor what it gets."""
    code = developer.code()
    given = developer.redeem(code).body
    developer.post("token/introspect", token=given["access_token"])
    kept = str(developer.twin.twin.recorder.kept)
    for secret in (SECRET, VERIFIER, code, given["access_token"], given["refresh_token"]):
        assert secret not in kept


def test_two_live_tokens_of_a_key_share_its_quota_until_one_is_gone(twin: RunningTwin) -> None:
    """A service key that is rotated: both open the account, for as long as the old one may."""
    twin.call("POST", "/_twin/clock", {"frozen": True})
    for token, more in (("old-key", {"expires_in_ms": 60_000}), ("new-key", {})):
        body = {"token": token, "portal": 1, "app": "key-1", **more}
        assert twin.call("POST", "/_twin/tokens", body).status == 200
    path = f"{BASE}/contacts"
    seen = [twin.call("GET", path, token=t).status for t in ("old-key", "new-key") * 96]
    assert seen == [200] * 190 + [429] * 2
    twin.call("POST", "/_twin/clock", {"advance_ms": 60_000})
    assert twin.call("GET", path, token="old-key").status == 401  # noqa: S106 - the twin's
    assert twin.call("GET", path, token="new-key").status == 200  # noqa: S106 - the twin's
    assert twin.call("DELETE", "/_twin/tokens/new-key").status == 200
    assert twin.call("GET", path, token="new-key").status == 401  # noqa: S106 - the twin's
