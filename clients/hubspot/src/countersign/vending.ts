import { correctFrom, signingTime, theirTime } from "./clock";
import { Deadline } from "./deadline";
import { resource, secureUrl } from "./door";
import { type Answered, exchange } from "./exchange";
import { Failure, noCredentials } from "./problem";
import { persist } from "./retry";

/** Where credentials come from: the token door and a key that may vend. */
export interface Source {
  url: URL;
  key: string;
}

/**
 * Temporary AWS credentials, and the signed door that they open. `endsAt` is in epoch milliseconds
 * by our own clock, `vendedAt` on `performance`'s.
 */
export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  region: string;
  url: URL;
  endsAt: number;
  vendedAt: number;
}

/** Two cold starts and STS fit into an attempt; a call still fits behind the longest vending. */
const ATTEMPT_MS = 5_000;
export const LONGEST_VEND_MS = 8_000;

/** Ask the token door for credentials. Throws {@link Failure}: why there are none. */
export async function vend(source: Source): Promise<Session> {
  return read(await answerOf(source));
}

/** Asking twice is safe: each asking has credentials of its own. */
async function answerOf(source: Source): Promise<Answered> {
  const deadline = new Deadline(LONGEST_VEND_MS);
  const by = { what: "credentials", deadline, repeatable: true };
  try {
    return await persist(by, () => exchange(request(source), deadline.within(ATTEMPT_MS)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { status, code, instance } = error.problem;
    throw noCredentials(`The token door: ${status} ${code}`, error.retryable, instance);
  }
}

function request({ url, key }: Source): Request {
  return new Request(resource(url, ["v1", "credentials"]), {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", "x-api-key": key },
    body: "{}",
    redirect: "manual", // a redirect would carry the key to somewhere else
  });
}

/** Only what can stand in a header and be signed with; a value never appears in an error. */
function read({ body, date }: Answered): Session {
  const text = (name: string): string => {
    const value = body[name];
    if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
    throw noCredentials(`The token door's answer has no usable ${name}`, false);
  };
  const session = {
    accessKeyId: text("access_key_id"),
    secretAccessKey: text("secret_access_key"),
    sessionToken: text("session_token"),
    region: text("region"),
    url: secureUrl(text("url"), (fault) => noCredentials(`The signed door's URL ${fault}`, false)),
  };
  correctFrom(date);
  // By the service's clock, not ours: the lifetime is right even if our clock is not.
  const lifetime = Date.parse(text("expires_at")) - (theirTime(date) ?? signingTime().getTime());
  if (!(lifetime > 0)) throw noCredentials("The vended credentials have ended already", false);
  return { ...session, endsAt: Date.now() + lifetime, vendedAt: performance.now() };
}
