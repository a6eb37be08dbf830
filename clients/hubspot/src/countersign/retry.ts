/** An answer, as far as the decision to ask again needs it. */
export interface Refusal {
  status: number;
  retryAfter: string | null;
}

const TEMPORARY = new Set([429, 500, 502, 503, 504]);
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 2_000;

/**
 * Whether the same request may succeed when sent again.
 *
 * A 409 counts only with Retry-After: then an earlier attempt with this key is still running.
 */
export function isTemporary({ status, retryAfter }: Refusal): boolean {
  return TEMPORARY.has(status) || (status === 409 && retryAfter !== null);
}

/** Whether sending it again cannot do the thing twice. */
export function isRepeatable(method: string, idempotencyKey: string | undefined): boolean {
  return method !== "POST" || idempotencyKey !== undefined;
}

/** Milliseconds before the next attempt: what the service asks for, else full jitter. */
export function waitBefore(attempt: number, retryAfter: string | null): number {
  const asked = retryAfter === null ? Number.NaN : afterMs(retryAfter);
  if (!Number.isNaN(asked)) return Math.max(0, asked);
  return Math.random() * Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
}

function afterMs(value: string): number {
  return /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
}
