import { correctFrom } from "./clock";
import { credentials, renew } from "./credentials";
import { Deadline } from "./deadline";
import { type Path, type Query, resource } from "./door";
import { type Refused, exchange } from "./exchange";
import { persist } from "./retry";
import { signed } from "./signing";
import type { Session } from "./vending";

/** One call to the API. A POST is sent again only if it has an `idempotencyKey`. */
export interface Call {
  method: "GET" | "PUT" | "POST";
  path: Path;
  query?: Query;
  body?: unknown;
  idempotencyKey?: string;
}

const ATTEMPT_MS = 6_000;

/**
 * Sign, send, and send again as {@link persist} says. Throws `Failure`.
 *
 * Key and body are the same in every attempt; only the signature is new.
 */
export async function call<T>(request: Call, deadline = new Deadline()): Promise<T> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const refusals = new Refusals(deadline);
  let session: Session;
  const by = {
    what: "call",
    deadline,
    repeatable: request.method !== "POST" || request.idempotencyKey !== undefined,
    remedy: (refused: Refused) => refusals.remedied(refused, session),
  };
  const answer = await persist(by, async () => {
    session = await credentials(deadline);
    const url = resource(session.url, request.path, request.query);
    const message = { method: request.method, url, headers: headers(request), body };
    return exchange(await signed(message, session), deadline.within(ATTEMPT_MS));
  });
  return answer.body as T;
}

function headers({ body, idempotencyKey }: Call): Record<string, string> {
  return {
    accept: "application/json",
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
  };
}

/**
 * What a call does about a 403: put the clock right once, replace the credentials once.
 *
 * A 403 says that nothing was done, so that any method may be sent again after it.
 */
class Refusals {
  readonly #deadline: Deadline;
  readonly #began = performance.now();
  #undoClock: (() => void) | null = null;
  #renewed = false;

  constructor(deadline: Deadline) {
    this.#deadline = deadline;
  }

  async remedied({ status, date, problem }: Refused, session: Session): Promise<boolean> {
    if (status !== 403) return false;
    if (this.#undoClock === null) {
      this.#undoClock = correctFrom(date);
      if (this.#undoClock) return true;
    } else {
      this.#undoClock(); // the clock was not it
      this.#undoClock = () => {};
    }
    // New credentials would be refused like those that were new a moment ago.
    if (this.#renewed || session.vendedAt > this.#began) return false;
    this.#renewed = true;
    return renew(session, problem.code === "expired_token", this.#deadline);
  }
}
