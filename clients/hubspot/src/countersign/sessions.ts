import type { Deadline } from "./deadline";
import { Failure, noCredentials } from "./problem";
import { LONGEST_VEND_MS, type Session } from "./vending";

/** Credentials are replaced this long before they end. */
const EARLY_MS = 60_000;
/** What ends sooner is not used any more: the call could arrive too late. */
const LAST_MS = 5_000;
/** How long a call waits for new credentials while the old ones still serve. */
const PATIENCE_MS = 2_000;
/** How long the old ones then serve without another try. */
const QUIET_MS = 10_000;
/** How often a 403 that does not speak of the credentials may cost new ones. */
const SUSPICION_MS = 60_000;

/** The current credentials of one key, vended when needed: once, however many wait for them. */
export class Sessions {
  readonly #vend: () => Promise<Session>;
  #held: Session | null = null;
  #vending: { session: Promise<Session>; since: number } | null = null;
  #quietUntil = 0;
  #suspectedAt = 0;

  constructor(vend: () => Promise<Session>) {
    this.#vend = vend;
  }

  /** Credentials that will not end during a call. Throws {@link Failure}. */
  async get(deadline: Deadline): Promise<Session> {
    const held = this.#held;
    const left = held === null ? 0 : held.endsAt - Date.now();
    if (held === null || left <= LAST_MS) return this.#fresh(deadline);
    if (left > EARLY_MS || Date.now() < this.#quietUntil) return held;
    try {
      return await this.#fresh(deadline.within(PATIENCE_MS));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#quietUntil = Date.now() + QUIET_MS;
      return held;
    }
  }

  /**
   * Replace credentials that a door refused; false when that cannot be expected to help.
   *
   * Our own 403 does not tell a revoked session from a missing scope, so without `expired` it is
   * believed once a minute: a forbidden call must not cost credentials each time.
   */
  async renew(refused: Session, expired: boolean, deadline: Deadline): Promise<boolean> {
    if (this.#held !== refused) return true; // another call has replaced them
    if (!expired && this.#vending === null) {
      if (Date.now() - this.#suspectedAt < SUSPICION_MS) return false;
      this.#suspectedAt = Date.now();
    }
    try {
      await this.#fresh(deadline);
      return true;
    } catch (error) {
      // A refused key explains the 403; a token door that is away does not.
      if (!expired && error instanceof Failure && error.retryable) return false;
      throw error;
    }
  }

  #fresh(deadline: Deadline): Promise<Session> {
    // A function may be frozen between two calls: what it waited for then never comes.
    const stale = this.#vending !== null && Date.now() - this.#vending.since > LONGEST_VEND_MS;
    if (this.#vending === null || stale) this.#vending = this.#begin();
    return deadline.wait(this.#vending.session, () => {
      return noCredentials("The token door did not answer in time", true);
    });
  }

  #begin(): { session: Promise<Session>; since: number } {
    const vending = { session: this.#vend(), since: Date.now() };
    const settle = (vended?: Session) => {
      if (this.#vending !== vending) return; // given up: its successor's are newer
      this.#vending = null;
      if (vended) this.#held = vended;
    };
    vending.session.then(settle, () => settle());
    return vending;
  }
}
