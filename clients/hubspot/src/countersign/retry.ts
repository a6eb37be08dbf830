import type { Deadline } from "./deadline";
import type { Answered, Outcome, Refused } from "./exchange";
import { log } from "./log";
import { Failure } from "./problem";

/** An answer, as far as the decision to ask again needs it. */
export interface Refusal {
  status: number;
  retryAfter: string | null;
}

/**
 * How to go on. `what` is for the log. `repeatable`: sending it again cannot do the thing twice.
 * `remedy` may put right what a refusal blames, and says whether it did.
 */
export interface Persistence {
  what: string;
  deadline: Deadline;
  repeatable: boolean;
  remedy?: (refused: Refused) => Promise<boolean>;
}

const TEMPORARY = new Set([429, 500, 502, 503, 504]);
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 2_000;
const SHORTEST_ATTEMPT_MS = 500;

/**
 * Attempt until there is an answer, while that is safe, may help and fits into the time.
 *
 * | outcome                                   | GET, PUT, POST with a key | POST without |
 * |-------------------------------------------|---------------------------|--------------|
 * | 403 with a remedy: nothing was done       | once for each remedy      | the same     |
 * | 429, 5xx, 409 with Retry-After, no answer | while time is left        | never        |
 * | anything else                             | never                     | never        |
 *
 * Throws {@link Failure}.
 */
export async function persist(by: Persistence, attempt: () => Promise<Outcome>): Promise<Answered> {
  for (let count = 1; ; count += 1) {
    const outcome = await attempt();
    if (outcome.ok) return outcome;
    if (await by.remedy?.(outcome)) {
      log(`${by.what} signed anew`, count, outcome.problem);
      continue;
    }
    const temporary = isTemporary(outcome);
    const wait = waitBefore(count, outcome.retryAfter);
    const inTime = by.deadline.leftMs() > wait + SHORTEST_ATTEMPT_MS;
    const again = temporary && inTime && by.repeatable;
    log(`${by.what} ${again ? "repeated" : "failed"}`, count, outcome.problem);
    if (!again) throw new Failure(outcome.problem, temporary);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/**
 * Whether the same request may succeed when sent again.
 *
 * A 409 counts only with Retry-After: then an earlier attempt with this key is still running.
 */
function isTemporary({ status, retryAfter }: Refusal): boolean {
  return TEMPORARY.has(status) || (status === 409 && retryAfter !== null);
}

/** Milliseconds before the next attempt: what the service asks for, else full jitter. */
function waitBefore(attempt: number, retryAfter: string | null): number {
  const asked = retryAfter === null ? Number.NaN : afterMs(retryAfter);
  if (!Number.isNaN(asked)) return Math.max(0, asked);
  return Math.random() * Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
}

function afterMs(value: string): number {
  return /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
}
