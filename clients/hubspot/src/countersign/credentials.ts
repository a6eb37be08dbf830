import type { Deadline } from "./deadline";
import { secureUrl } from "./door";
import { notConfigured } from "./problem";
import { secret } from "./secrets";
import { Sessions } from "./sessions";
import { type Session, type Source, vend } from "./vending";

/** Kept in the module: a warm function signs its next call with what it has. */
let sessions: { source: Source; kept: Sessions } | null = null;

/**
 * The credentials to sign the next request with: the one place that knows where they come from.
 *
 * Never the AWS default chain: HubSpot runs functions on Lambda, where `AWS_*` holds the credentials
 * of HubSpot's own role.
 */
export function credentials(deadline: Deadline): Promise<Session> {
  return current().get(deadline);
}

/** Whether a refused session was replaced, so that signing anew may help; see {@link Sessions}. */
export function renew(refused: Session, expired: boolean, deadline: Deadline): Promise<boolean> {
  return current().renew(refused, expired, deadline);
}

/** What was vended for other secrets is forgotten: they may change under a running function. */
function current(): Sessions {
  const source = { url: tokenUrl(), key: apiKey() };
  if (sessions?.source.key !== source.key || sessions.source.url.href !== source.url.href) {
    sessions = { source, kept: new Sessions(() => vend(source)) };
  }
  return sessions.kept;
}

function tokenUrl(): URL {
  const name = "COUNTERSIGN_TOKEN_URL";
  return secureUrl(secret(name), (fault) => notConfigured(`${name} ${fault}`));
}

function apiKey(): string {
  const name = "COUNTERSIGN_API_KEY";
  const value = secret(name);
  // A header refuses other characters with an error that quotes them.
  if (!/^csk_[\w-]+$/.test(value)) throw notConfigured(`${name} is not an API key`);
  return value;
}
